"""Warning rules and warnings over HTTP: set by the county, listed by their receiver, taken note of, taken back."""

from typing import Any

import httpx
import pytest

from shared.auth.principal import Grant, Principal
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.case_warnings.samples import RULE, samples
from tests.services_hall.case_warnings.test_scan import Scans, set_to
from tests.services_hall.case_warnings.test_scan import scan as scan
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    FORBIDDEN,
    NOT_FOUND,
    OTHER_CLERK,
    VILLAGE,
    CaseIn,
    Facts,
    every_page,
    refusal,
)

SUPERVISOR = a_principal("county_officer", "450481", subject="supervisor")


async def post(door: Door, path: str, who: Principal = COUNTY_OFFICER, **how: Any) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post(path, **how)


async def listed(door: Door, who: Principal, **query: Any) -> list[tuple[str, str]]:
    """Metric and colour of what a caller sees; the count says as many."""
    async with door.client(who) as client:
        shown = await every_page(client, "/case-warnings", limit=1, **query)
        assert (await client.get("/case-warnings/count", params=query)).json() == {"count": len(shown)}
    return [(one["metric"], one["colour"]) for one in shown]


async def test_what_ships_is_data_that_the_county_sees_and_changes(door: Door) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        shipped = (await client.get("/warning-rules")).json()["items"]
    assert [(one["metric"], one["timing"], one["amount"], one["level"], one["colour"]) for one in shipped] == [
        ("delivery", "before", 1, 1, "yellow"), ("delivery", "after", 0, 2, "red"), ("limit", "before", 1, 1, "yellow"),
        ("limit", "after", 0, 2, "red"), ("promise", "after", 0, 1, "orange"),
        ("rectification", "before", 1, 1, "yellow"), ("rectification", "after", 0, 2, "red"),
        ("step", "after", 0, 1, "orange"),
        ("supply", "before", 2, 1, "blue"), ("telling", "before", 1, 1, "yellow"),
    ]  # fmt: skip
    made = (await post(door, "/warning-rules", json=RULE)).json()
    assert refusal(await post(door, "/warning-rules", json=RULE))[:2] == (409, "warning_rule_known")
    withdraw = f"/warning-rules/{made['id']}/withdraw"
    assert (await post(door, withdraw, headers={"If-Match": '"7"'})).status_code == 412
    gone = (await post(door, withdraw)).json()
    assert (gone["status"], gone["version"], gone["withdrawn_by"] is not None) == ("withdrawn", 2, True)
    assert refusal(await post(door, withdraw))[:2] == (409, "warning_rule_withdrawn")
    assert (await post(door, "/warning-rules", json=RULE)).status_code == 201
    assert refusal(await post(door, f"/warning-rules/{new_id()}/withdraw")) == NOT_FOUND


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"amount": -1}, "amount"), ({"amount": 201}, "amount"), ({"level": 0}, "level"), ({"unit": "month"}, "unit"),
        ({"colour": "green"}, "colour"), ({"metric": "mood"}, "metric"), ({"receiver": "mayor"}, "receiver"),
        ({"effective_on": "2026-03-15"}, "effective_on"),
    ],
)  # fmt: skip
async def test_a_rule_that_says_nothing_is_refused_by_field(door: Door, wrong: dict[str, Any], path: str) -> None:
    answer = await post(door, "/warning-rules", json={**RULE, **wrong})
    assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (422, [path])


async def test_rules_are_the_countys_and_of_no_department(door: Door) -> None:
    for who in (
        CLERK,
        a_principal("county_officer", "450481114"),
        Principal("d", (Grant("department_officer", "450481", "civil_affairs"),)),
    ):
        assert (await post(door, "/warning-rules", who, json=RULE)).status_code == 403


async def test_a_warning_is_seen_by_its_receiver_and_by_nobody_beside(
    case_in: CaseIn, door: Door, scan: Scans, clock: FrozenClock
) -> None:
    case = await case_in("accepted")
    set_to(clock, "2026-03-24")
    await scan()
    assert await listed(door, CLERK) == [("limit", "yellow")]
    assert await listed(door, SUPERVISOR) == [("limit", "red"), ("limit", "yellow")]
    assert await listed(door, SUPERVISOR, colour="red", status="raised") == [("limit", "red")]
    assert await listed(door, SUPERVISOR, area=VILLAGE) == [("limit", "yellow")]
    assert await listed(door, OTHER_CLERK) == []
    water = Principal("w", (Grant("county_officer", "450481", "water"),))
    assert await listed(door, water) == []
    assert refusal(await post(door, f"/case-warnings/{new_id()}/acknowledge", CLERK)) == NOT_FOUND
    async with door.client(OTHER_CLERK) as client:
        assert refusal(await client.get("/case-warnings", params={"area": VILLAGE})) == NOT_FOUND
    assert {one.object_id for one in door.accesses.entries if one.action == "list_warnings"} == {case["id"]}


async def test_a_receiver_takes_note_once_and_takes_it_back(
    case_in: CaseIn, door: Door, scan: Scans, clock: FrozenClock, facts: Facts
) -> None:
    await case_in("accepted")
    set_to(clock, "2026-03-20")
    await scan()
    async with door.client(CLERK) as client:
        (one,) = (await client.get("/case-warnings")).json()["items"]
    path = f"/case-warnings/{one['id']}"
    assert refusal(await post(door, f"{path}/acknowledge", OTHER_CLERK)) == NOT_FOUND
    auditor = a_principal("auditor", "450481")
    assert refusal(await post(door, f"{path}/acknowledge", auditor)) == FORBIDDEN
    answer = await post(door, f"{path}/acknowledge", CLERK)
    assert answer.status_code == 200, answer.text
    noted = answer.json()
    assert (noted["status"], noted["version"], noted["acknowledged_by"] is not None) == ("acknowledged", 2, True)
    again = await post(door, f"{path}/acknowledge", CLERK)
    assert refusal(again)[:2] == (409, "case_warning_transition_not_allowed")
    back = (await post(door, f"{path}/reopen", CLERK, headers={"If-Match": '"2"'})).json()
    assert (back["status"], back["acknowledged_at"], back["acknowledged_by"]) == ("raised", None, None)
    found = [fact for fact in await facts("services_hall.case_warning") if str(fact.state.id) == one["id"]]
    assert [(fact.type.rsplit(".", 1)[1], fact.state.version) for fact in found] == [
        ("raised", 1), ("acknowledged", 2), ("reopened", 3),
    ]  # fmt: skip
    assert "village-clerk" not in "".join(fact.model_dump_json() for fact in found)


async def test_the_samples_of_the_walks_are_there(door: Door, case_in: CaseIn) -> None:
    await case_in("accepted")
    found = await samples(door, VILLAGE)
    async with door.client(CLERK) as client:
        assert [one["id"] for one in (await client.get("/case-warnings")).json()["items"]] == [found["case-warnings"]]
