"""Each step of a case over HTTP: by the version that was seen, once, by whom, where, and for which department."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import httpx
import pytest

from services.services_hall.cases.domain.lifecycle import LIFECYCLE, CaseAction
from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, OWN_ONLY, Role
from shared.ids import new_id
from shared.testing.doors import a_principal
from tests.services_hall.cases.test_rules import ROLES, TABLE
from tests.services_hall.cases.whole import BODIES, PAPERS, TOWN, Way, Whole
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, FORBIDDEN, NOT_FOUND, OTHER_VILLAGE, Facts, refusal

READY: Mapping[str, tuple[str, Way]] = {
    "submit": ("draft", ()), "receive": ("submitted", ()), "notify": ("received", ()), "refuse": ("received", ()),
    "supply": ("supplement", (PAPERS[1],)), "accept": ("received", (PAPERS[1],)), "begin_review": ("accepted", ()),
    "pass": ("in_review", ()), "send_back": ("in_review", ()), "hand_over": ("in_review", ()),
    "take": ("accepted", ("hand-over",)), "decline": ("in_review", ("hand-over",)), "ask_consent": ("accepted", ()),
    "answer_consent": ("accepted", ("ask-consent",)), "begin_special": ("accepted", ()), "suspend": ("in_review", ()),
    "resume": ("suspended", ()), "extend": ("accepted", ()), "decide": ("in_review", ("pass", "take")),
    "close": ("decided", ()), "deliver": ("closed", ()), "archive": ("refused", ()), "withdraw": ("received", ()),
    "check_material": ("submitted", ()), "add_person": ("draft", ()), "remove_person": ("submitted", ("persons",)),
}  # fmt: skip
"""A status from which each step is taken, and what is done before; the two of effects: `test_registering.py`."""
ELSEWHERE = (OTHER_VILLAGE, "450481113", "450482")
WATER = "water"
"""A department that has nothing to do with these cases."""


async def ready(whole: Whole, action: str) -> tuple[Any, str]:
    """A case of which the step is taken next, and the step's address below it."""
    status, before = READY[action]
    case = await whole.do(await whole.bring(status), *before)
    verb = {"add_person": "persons"}.get(action, action.replace("_", "-"))
    if action == "remove_person":
        async with whole.door.client(COUNTY_OFFICER) as client:
            persons = (await client.get(f"/cases/{case['id']}/persons")).json()["items"]
        verb = f"persons/{persons[1]['id']}/remove"
    return case, verb


async def send(
    whole: Whole, case: Any, verb: str, who: Principal | None = COUNTY_OFFICER, *, body: Any = None, **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with whole.door.client(who) as client:
        return await client.post(f"/cases/{case['id']}/{verb}", json=body or BODIES.get(verb), headers=named)


@pytest.mark.parametrize("action", READY)
async def test_a_step_is_taken_over_the_version_that_was_seen_and_once_however_often_it_is_sent(
    whole: Whole, facts: Facts, action: str
) -> None:
    case, verb = await ready(whole, action)
    version, told = case["version"], len(await facts(subject=case["id"]))
    shown = await whole.read(case)
    for stale in (f'"{version - 1}"', f'"{version + 1}"'):
        refused = await send(whole, case, verb, If_Match=stale, Idempotency_Key="step-1")
        assert refusal(refused)[:2] == (412, "version_mismatch")
    if verb in BODIES:
        strange = await send(whole, case, verb, body={**BODIES[verb], "status": "delivered-by-me"})
        assert refusal(strange)[:2] == (422, "invalid_request")
        assert "delivered-by-me" not in strange.text, "what was sent is not repeated"
    assert await whole.read(case) == shown, "nothing happened"
    first = await send(whole, case, verb, If_Match=f'"{version}"', Idempotency_Key="step-1")
    assert (first.status_code, first.headers["etag"]) == (200, f'"{version + 1}"'), first.text
    again = await send(whole, case, verb, If_Match=f'"{version}"', Idempotency_Key="step-1")
    assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, first.headers["etag"])
    reused = await send(whole, case, verb, body={"reason": "another"}, Idempotency_Key="step-1")
    assert refusal(reused)[:2] == (422, "idempotency_key_reused")
    late = await send(whole, case, verb, If_Match=f'"{version}"', Idempotency_Key="step-2")
    assert refusal(late)[:2] == (412, "version_mismatch")
    after = await whole.read(case)
    assert (after["version"], after["steps"][-1]["step"]) == (version + 1, action)
    assert after["status"] in (TABLE[action][1] or {case["status"]})
    assert [fact.state.version for fact in (await facts(subject=case["id"]))[told:]] == [version + 1]


@pytest.mark.parametrize("action", READY)
async def test_a_step_is_refused_to_another_role_another_place_another_department_and_nobody(
    whole: Whole, action: str
) -> None:
    case, verb = await ready(whole, action)
    may = ROLES[TABLE[action][2]]
    shown = await whole.read(case)
    for other in sorted(set(Role) - may - OWN_ONLY):
        assert refusal(await send(whole, case, verb, a_principal(other, "450481"))) == FORBIDDEN, other
    for role, area in zip(sorted(may), cycle(ELSEWHERE), strict=False):
        away = a_principal(role, area)
        bound = Principal("bound", (Grant(role, "450481", WATER),))
        two = Principal("two", (Grant("auditor", "450481", "civil_affairs"), *away.grants))
        for who in (away, bound, two):
            assert refusal(await send(whole, case, verb, who)) == NOT_FOUND, (role, area, who.subject)
        if role in DEPARTMENT_ROLES:
            none = Principal("none", (Grant(role, "450481"),))
            assert refusal(await send(whole, case, verb, none)) == FORBIDDEN, role
    hidden, missing = [await send(whole, {"id": one}, verb, away) for one in (case["id"], new_id())]
    assert {**hidden.json(), "request_id": ""} == {**missing.json(), "request_id": ""}
    assert refusal(await send(whole, case, verb, None))[:2] == (401, "unauthenticated")
    assert await whole.read(case) == shown


@pytest.mark.parametrize("action", ["pass", "send_back", "hand_over", "suspend"])
async def test_what_is_done_where_the_file_lies_is_not_done_at_its_counter(whole: Whole, action: str) -> None:
    """The counter sees the case in review and is told that others have it; the town has it and may."""
    case, verb = await ready(whole, action)
    assert refusal(await send(whole, case, verb, CLERK))[:2] == (409, "case_held_elsewhere")
    department = a_principal("department_officer", TOWN)
    assert (await send(whole, case, verb, department)).status_code == 200


@pytest.mark.parametrize("action", ["pass", "hand_over", "decide", "suspend", "extend", "send_back"])
async def test_nothing_is_done_with_a_file_on_its_way_but_taking_it_or_sending_it_back(
    whole: Whole, action: str
) -> None:
    case = await whole.do(await whole.bring("in_review"), "hand-over")
    verb = action.replace("_", "-")
    assert refusal(await send(whole, case, verb))[:2] == (409, "case_on_its_way")
    for answer in ("take", "decline"):
        other = await whole.bring("in_review")
        assert refusal(await send(whole, other, answer))[:2] == (409, "case_not_sent")
        if action == "pass":
            assert (await send(whole, await whole.do(other, "hand-over"), answer)).status_code == 200


@pytest.mark.parametrize("department", ["health", "civil_affairs", WATER, None])
async def test_a_consent_is_answered_by_the_department_that_was_asked_at_the_county(
    whole: Whole, department: str | None
) -> None:
    case = await whole.do(await whole.bring("accepted"), "ask-consent")
    role = Role.COUNTY_OFFICER if department is None else Role.DEPARTMENT_OFFICER
    who = Principal("who", (Grant(role, "450481", department),))
    answer = await send(whole, case, "answer-consent", who)
    expected = {"health": 200, None: 200, "civil_affairs": 409, WATER: 404}[department]
    assert answer.status_code == expected, answer.text
    below = Principal("below", (Grant(Role.DEPARTMENT_OFFICER, TOWN, "health"),))
    refused = await send(whole, await whole.do(await whole.bring("accepted"), "ask-consent"), "answer-consent", below)
    assert refused.status_code in (404, 409), "a town's health officer does not answer for the county's department"


def test_every_step_is_asked_for_here() -> None:
    effects = {CaseAction.ENTER_EFFECT, CaseAction.ASK_EFFECT}
    assert set(READY) == {str(action) for action in LIFECYCLE if action not in effects}
    for action, (status, _) in READY.items():
        assert status in TABLE[action][0], action
