"""Steps of escalation rules over HTTP: by version, once, by the county alone; and no rule stands twice."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from shared.auth.roles import OWN_ONLY, PERMISSIONS, Role
from shared.ids import new_id
from shared.testing.doors import Door, a_principal
from tests.grid.builders import COUNTY_OFFICER
from tests.grid.escalations.escalating import a_rule
from tests.grid.incidents.steps import code_of

KNOWN = (409, "escalation_rule_known")
MOVED = (409, "escalation_rule_transition_not_allowed")
RULE = a_rule(metric="unfiled", threshold=3, level=5)


async def post(door: Door, path: str, body: Any = None, who: Any = COUNTY_OFFICER, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with door.client(who) as client:
        return await client.post(f"/escalation-rules{path}", json=body, headers=named)


async def laid(door: Door, **what: Any) -> Any:
    answer = await post(door, "", {**RULE, **what})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ids(door: Door, **query: Any) -> list[str]:
    """Ids of a list, page by page; its count says the same number."""
    found: list[str] = []
    cursor = None
    async with door.client(COUNTY_OFFICER) as client:
        while True:
            params = {**query, "limit": 2} | ({} if cursor is None else {"cursor": cursor})
            page = (await client.get("/escalation-rules", params=params)).json()
            found += [one["id"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert (await client.get("/escalation-rules/count", params=query)).json() == {"count": len(found)}
    return found


@pytest.mark.parametrize(("verb", "status"), [("amend", "in_force"), ("retire", "retired"), ("reinstate", "in_force")])
async def test_each_step_is_taken_over_the_version_that_was_seen_and_once(door: Door, verb: str, status: str) -> None:
    rule = await laid(door)
    if verb == "reinstate":
        rule = (await post(door, f"/{rule['id']}/retire")).json()
    path, seen = f"/{rule['id']}/{verb}", f'"{rule["version"]}"'
    body = {**RULE, "threshold": 9} if verb == "amend" else None
    for stale in ('"0"', '"7"'):
        assert code_of(await post(door, path, body, If_Match=stale)) == (412, "version_mismatch")
    first = await post(door, path, body, If_Match=seen, Idempotency_Key="rule-1")
    again = await post(door, path, body, If_Match=seen, Idempotency_Key="rule-1")
    assert (first.status_code, first.json()["status"], again.content) == (200, status, first.content)
    assert first.headers["etag"] == f'"{rule["version"] + 1}"'
    assert code_of(await post(door, path, body, If_Match=seen)) == (412, "version_mismatch")
    if verb != "amend":
        assert code_of(await post(door, path, body)) == MOVED
    async with door.client(COUNTY_OFFICER) as client:
        read = await client.get(f"/escalation-rules/{rule['id']}")
        assert (read.json(), read.headers["etag"]) == (first.json(), first.headers["etag"])
        assert (await client.get(f"/escalation-rules/{rule['id']}", headers={"If-None-Match": read.headers["etag"]}))\
            .status_code == 304  # fmt: skip


@pytest.mark.parametrize(
    ("what", "same"),
    [
        ({}, True), ({"threshold": 4}, False), ({"unit": "day"}, False), ({"level": 4}, False),
        ({"receiver": "grid_head"}, False), ({"category": "fire"}, False), ({"severity": "urgent"}, False),
        ({"around_the_clock": True}, True),
    ],
)  # fmt: skip
async def test_two_rules_that_differ_in_a_term_stand_beside_each_other_and_the_same_one_does_not(
    door: Door, what: dict[str, Any], same: bool
) -> None:
    rule = await laid(door)
    answer = await post(door, "", {**RULE, **what})
    assert answer.status_code == (409 if same else 201), answer.text
    if same:
        assert code_of(answer) == KNOWN
        other = await laid(door, threshold=99)
        assert code_of(await post(door, f"/{other['id']}/amend", {**RULE, **what})) == KNOWN, "nor by an amendment"
        await post(door, f"/{rule['id']}/retire")
        assert (await post(door, "", {**RULE, **what})).status_code == 201, "what is retired is in nobody's way"
        assert code_of(await post(door, f"/{rule['id']}/reinstate")) == KNOWN


async def test_of_those_who_lay_down_retire_or_amend_at_once_one_does(door: Door, villages: None) -> None:
    answers = await asyncio.gather(*(post(door, "", RULE) for _ in range(4)))
    assert Counter(one.status_code for one in answers) == {201: 1, 409: 3}
    assert {code_of(one) for one in answers if one.status_code == 409} == {KNOWN}
    [rule] = [one.json() for one in answers if one.status_code == 201]
    seen = {"If_Match": '"1"'}
    both = await asyncio.gather(
        post(door, f"/{rule['id']}/retire", **seen), post(door, f"/{rule['id']}/amend", {**RULE, "level": 1}, **seen)
    )
    assert Counter(one.status_code for one in both) == {200: 1, 412: 1}


async def test_retired_and_standing_rules_are_listed_and_counted_apart_the_oldest_first(door: Door) -> None:
    before = await ids(door)
    made = [await laid(door, threshold=n) for n in range(1, 6)]
    for rule in made[1::2]:
        assert (await post(door, f"/{rule['id']}/retire")).status_code == 200
    assert await ids(door) == [*before, *(one["id"] for one in made)]
    assert await ids(door, status="retired") == [one["id"] for one in made[1::2]]
    assert await ids(door, status="in_force") == [*before, *(one["id"] for one in made[::2])]


async def test_every_role_reads_or_lays_down_as_the_table_of_permissions_says_and_below_the_county_nobody_does(
    door: Door,
) -> None:
    rule = await laid(door)
    managing = {role for role in Role if role in PERMISSIONS["escalation.manage"]}
    reading = {role for role in Role if role in PERMISSIONS["escalation.read"]}
    for role in sorted(set(Role) - OWN_ONLY):
        for area in ("450481", "450481100"):
            who = a_principal(role, area)
            async with door.client(who) as client:
                listed = (await client.get("/escalation-rules")).status_code
            stale = (await post(door, f"/{rule['id']}/retire", who=who, If_Match='"9"')).status_code
            missing = (await post(door, f"/{new_id()}/retire", who=who)).status_code
            assert listed == (200 if role in reading else 403), (role, area)
            may = role in managing and area == "450481"
            assert (stale, missing) == ((412, 404) if may else (403, 403)), (role, area)
    assert (await post(door, "", RULE, None)).status_code == 401
