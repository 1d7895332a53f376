"""Who may do what with cases, and where: roles, areas, several grants, departments, villages that were merged."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.auth.lineage import AreaLine, FixedLineage, Lineage
from shared.auth.principal import Grant, Principal
from shared.auth.roles import Role
from shared.ids import new_id
from shared.testing.doors import Arrivals, Door, a_principal
from tests.services_hall.conftest import (
    BODIES,
    CLERK,
    COUNTY_OFFICER,
    FORBIDDEN,
    NOT_ALLOWED,
    NOT_FOUND,
    OTHER_CLERK,
    OTHER_VILLAGE,
    VILLAGE,
    CaseIn,
    Facts,
    Step,
    Submit,
    an_area,
    every_page,
    publish_item,
    refusal,
)

TOWN, COUNTY, OTHER_TOWN, OTHER_COUNTY = "450481114", "450481", "450481113", "450482"
TOWN_OFFICER = a_principal("town_officer", TOWN)
VERBS = {"receive": "submitted", "withdraw": "submitted", "accept": "received", "refuse": "received",
         "decide": "accepted", "close": "decided"}  # fmt: skip
"""Each step, and a status from which it is taken."""

SUBMIT, READ, HANDLE, DECIDE = (
    frozenset({"submit", "withdraw"}),
    frozenset({"list", "count", "get"}),
    frozenset({"receive", "accept", "refuse", "close"}),
    frozenset({"decide"}),
)
EVERYTHING = SUBMIT | READ | HANDLE | DECIDE
MAY: dict[Role, frozenset[str]] = {
    Role.AGENT: SUBMIT | READ,
    Role.VILLAGE_CLERK: SUBMIT | READ | HANDLE,
    Role.TOWN_OFFICER: SUBMIT | READ | HANDLE | DECIDE,
    Role.DEPARTMENT_OFFICER: SUBMIT | READ | HANDLE | DECIDE,
    Role.COUNTY_OFFICER: SUBMIT | READ | HANDLE | DECIDE,
    Role.AUDITOR: READ,
}
"""Restated by hand. Roles that are not named may do nothing here: a resident's grant opens no area."""

Ask = Callable[[str, Principal, Any], Any]


@pytest.fixture
def ask(door: Door, item: str, person: UUID, extract_of: Callable[..., str]) -> Ask:
    """Asks for any operation on a case, or on all."""

    async def send(operation: str, who: Principal, case: Any) -> httpx.Response:
        async with door.client(who) as client:
            match operation:
                case "submit":
                    body = {"item_id": item, "area": case["area"], "extract": extract_of(person)}
                    return await client.post("/cases", json=body)
                case "list":
                    return await client.get("/cases")
                case "count":
                    return await client.get("/cases/count")
                case "get":
                    return await client.get(f"/cases/{case['id']}")
                case verb:
                    return await client.post(f"/cases/{case['id']}/{verb}", json=BODIES.get(verb))

    return send


@pytest.mark.parametrize("role", MAY)
async def test_a_role_may_what_the_table_says_and_nothing_else(ask: Ask, case_in: CaseIn, role: Role) -> None:
    who, waiting = a_principal(role, COUNTY), await case_in("submitted")
    for operation in sorted(EVERYTHING):
        if operation in MAY[role]:
            case = await case_in(VERBS[operation]) if operation in VERBS else waiting
            answer = await ask(operation, who, case)
            assert answer.status_code == (201 if operation == "submit" else 200), operation
        else:
            assert refusal(await ask(operation, who, waiting)) == FORBIDDEN, operation


async def test_all_other_roles_may_do_nothing_with_cases(ask: Ask, submit: Submit) -> None:
    case = await submit()
    for role in set(Role) - set(MAY):
        for operation in EVERYTHING:
            assert refusal(await ask(operation, a_principal(role, COUNTY), case)) == FORBIDDEN, (role, operation)


async def test_nobody_does_anything_without_a_token_or_a_grant(door: Door, ask: Ask, submit: Submit) -> None:
    case = await submit()
    for operation in EVERYTHING:
        assert refusal(await ask(operation, Principal("somebody"), case)) == FORBIDDEN
    async with door.client(None) as client:
        for path in ("/cases", "/cases/count", f"/cases/{case['id']}"):
            answer = await client.get(path)
            assert refusal(answer) == (401, "unauthenticated", "请先登录")
            assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("area", [OTHER_VILLAGE, OTHER_TOWN, OTHER_COUNTY, VILLAGE + "001"])
async def test_a_case_of_another_area_is_answered_as_one_that_does_not_exist(
    ask: Ask, submit: Submit, facts: Facts, area: str
) -> None:
    case = await submit()
    unknown = {"id": str(new_id()), "area": "450481999999"}
    for role in (Role.TOWN_OFFICER, Role.DEPARTMENT_OFFICER):
        who = a_principal(role, area)
        for operation in sorted({"submit", "get", *VERBS}):
            hidden, missing = await ask(operation, who, case), await ask(operation, who, unknown)
            assert refusal(hidden) == refusal(missing) == NOT_FOUND, operation
            assert {**hidden.json(), "request_id": ""} == {**missing.json(), "request_id": ""}
            assert set(hidden.headers) == set(missing.headers)
        assert (await ask("list", who, case)).json() == {"items": [], "next_cursor": None}
        assert (await ask("count", who, case)).json() == {"count": 0}
    assert [fact.state.version for fact in await facts(subject=case["id"])] == [1]


@pytest.mark.parametrize("area", [VILLAGE, TOWN, COUNTY, "4504", "45"])
async def test_whoever_holds_the_area_or_one_above_it_takes_every_step(ask: Ask, case_in: CaseIn, area: str) -> None:
    who = a_principal("town_officer", area)
    case = await case_in("submitted")
    for verb in ("receive", "accept", "decide", "close"):
        assert (await ask(verb, who, case)).status_code == 200, verb


async def test_a_clerk_handles_and_a_town_officer_decides(case_in: CaseIn, step: Step) -> None:
    case = await case_in(())
    for verb in ("receive", "accept"):
        assert (await step(case, verb, CLERK)).status_code == 200
    assert refusal(await step(case, "decide", CLERK)) == FORBIDDEN
    assert (await step(case, "decide", TOWN_OFFICER)).status_code == 200
    assert (await step(case, "close", CLERK)).status_code == 200


async def test_what_may_not_be_seen_is_not_found_before_it_is_not_allowed(case_in: CaseIn, step: Step) -> None:
    case = await case_in("closed")
    assert refusal(await step(case, "receive", OTHER_CLERK)) == NOT_FOUND
    assert refusal(await step(case, "receive", CLERK)) == NOT_ALLOWED


async def test_each_grant_counts_in_its_own_area_and_lends_its_role_to_no_other(
    door: Door, submit: Submit, step: Step, arrivals: Arrivals
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    here, there = await submit(), await submit(COUNTY_OFFICER, area=OTHER_VILLAGE)
    both = Principal("both", (Grant("village_clerk", VILLAGE), Grant("auditor", OTHER_VILLAGE)))
    assert (await step(here, "receive", both)).status_code == 200
    assert refusal(await step(there, "receive", both)) == NOT_FOUND
    async with door.client(both) as client:
        assert (await client.get(f"/cases/{there['id']}")).status_code == 200
        assert {one["id"] for one in (await client.get("/cases")).json()["items"]} == {here["id"], there["id"]}
        assert (await client.get("/cases/count", params={"area": OTHER_VILLAGE})).json() == {"count": 1}


async def test_who_may_look_here_and_act_elsewhere_takes_no_step_here(
    door: Door, case_in: CaseIn, step: Step, facts: Facts
) -> None:
    looks = Principal("looks", (Grant("auditor", VILLAGE), Grant("town_officer", OTHER_TOWN)))
    handles = Principal("handles", (Grant("village_clerk", VILLAGE), Grant("town_officer", OTHER_TOWN)))
    for verb, status in VERBS.items():
        case = await case_in(status)
        assert refusal(await step(case, verb, looks)) == NOT_FOUND, verb
        async with door.client(looks) as client:
            assert (await client.get(f"/cases/{case['id']}")).json()["version"] == case["version"]
        if verb == "decide":
            assert refusal(await step(case, verb, handles)) == NOT_FOUND
        assert len(await facts(subject=case["id"])) == case["version"]


async def test_a_resident_who_is_a_clerk_as_well_is_a_clerk_where_the_grant_says_so(submit: Submit, step: Step) -> None:
    case = await submit()
    grants = (Grant("resident", VILLAGE), Grant("village_clerk", OTHER_VILLAGE))
    assert refusal(await step(case, "withdraw", Principal("neighbour", grants))) == NOT_FOUND
    assert refusal(await step(case, "withdraw", a_principal("resident", VILLAGE))) == FORBIDDEN
    assert (await step(case, "withdraw", CLERK)).status_code == 200


async def test_an_officer_of_a_department_acts_in_the_area_of_the_grant(case_in: CaseIn, step: Step) -> None:
    case = await case_in("accepted")
    elsewhere = a_principal("department_officer", OTHER_TOWN, department="civil_affairs")
    assert refusal(await step(case, "decide", elsewhere)) == NOT_FOUND
    here = a_principal("department_officer", TOWN, department="civil_affairs")
    assert (await step(case, "decide", here)).status_code == 200


async def test_a_department_has_the_cases_of_its_own_items_only(
    door: Door, case_in: CaseIn, step: Step, submit: Submit, ask: Ask
) -> None:
    """Another department, and a department role that names none, find nothing to see, to handle or to decide."""
    own, other = (a_principal("department_officer", COUNTY, department=one) for one in ("civil_affairs", "water"))
    nobodys = Principal("nobody's", (Grant("department_officer", COUNTY),))
    bound = a_principal("town_officer", TOWN, department="water")
    for verb, status in VERBS.items():
        case = await case_in(status)
        for who in (other, bound):
            assert refusal(await step(case, verb, who)) == NOT_FOUND, verb
            assert refusal(await ask("get", who, case)) == NOT_FOUND
        assert refusal(await step(case, verb, nobodys)) == FORBIDDEN
        assert (await step(case, verb, own)).status_code == 200, verb
    for who in (other, bound):
        assert refusal(await ask("submit", who, {"area": VILLAGE})) == NOT_FOUND
    for operation in EVERYTHING:
        assert refusal(await ask(operation, nobodys, case)) == FORBIDDEN


async def test_a_list_is_as_long_as_its_count_for_every_role_and_department(
    door: Door, submit: Submit, person: UUID
) -> None:
    departments = {"civil_affairs": 2, "water": 3, "health": 0}
    items = {one: await publish_item(door, f"LOCAL-{one.upper()}", department=one) for one in ("water", "health")}
    for _ in range(departments["civil_affairs"]):
        await submit()
    for _ in range(departments["water"]):
        await submit(item_id=items["water"])
    for role in MAY:
        for department in (None, *departments):
            who = Principal("who", (Grant(role, COUNTY, department),))
            if department is None and role == Role.DEPARTMENT_OFFICER:
                continue
            expected = sum(departments.values()) if department is None else departments[department]
            async with door.client(who) as client:
                shown = await every_page(client, "/cases", limit=2)
                assert (await client.get("/cases/count")).json() == {"count": expected}, (role, department)
            assert len({one["id"] for one in shown}) == len(shown) == expected
    two = Principal("two", (Grant("department_officer", VILLAGE, "water"), Grant("auditor", COUNTY, "civil_affairs")))
    async with door.client(two) as client:
        assert (await client.get("/cases/count")).json() == {"count": 5}


async def test_the_access_log_names_the_role_by_which_a_case_was_opened_and_looked_at(
    door: Door, submit: Submit, ask: Ask
) -> None:
    case = await submit()
    mixed = Principal("mixed", (Grant("auditor", OTHER_VILLAGE), Grant("department_officer", COUNTY, "civil_affairs")))
    assert (await ask("get", mixed, case)).status_code == 200
    assert [(one.action, one.role) for one in door.accesses.entries] == [
        ("submit", "village_clerk"),
        ("read", "department_officer"),
    ]


async def test_a_list_is_as_long_as_its_count_for_every_role_and_area(
    door: Door, submit: Submit, arrivals: Arrivals
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    for area, cases in ((VILLAGE, 3), (OTHER_VILLAGE, 2), (TOWN, 1)):
        for _ in range(cases):
            await submit(COUNTY_OFFICER, area=area)
    lengths = {VILLAGE: 3, OTHER_VILLAGE: 2, TOWN: 6, COUNTY: 6, OTHER_TOWN: 0, OTHER_COUNTY: 0, "45": 6}
    for role in MAY:
        for area, length in lengths.items():
            async with door.client(a_principal(role, area)) as client:
                shown = await every_page(client, "/cases", limit=2)
                assert (await client.get("/cases/count")).json() == {"count": length}, (role, area)
            assert len({one["id"] for one in shown}) == len(shown) == length, (role, area)


async def test_a_village_that_took_over_another_sees_and_moves_its_cases(
    door: Door, case_in: CaseIn, step: Step
) -> None:
    case = await case_in("submitted")
    heir, stranger = OTHER_CLERK, a_principal("village_clerk", "450481114203")
    assert refusal(await step(case, "receive", heir)) == NOT_FOUND
    merged = AreaLine(VILLAGE, date(2026, 3, 1), (OTHER_VILLAGE,))
    door.kit.lineage = FixedLineage(Lineage.of([merged], date(2026, 3, 16)))
    for who, status, count in ((heir, 200, 1), (CLERK, 200, 1), (stranger, 404, 0)):
        async with door.client(who) as client:
            assert (await client.get(f"/cases/{case['id']}")).status_code == status
            assert (await client.get("/cases/count")).json() == {"count": count}
    async with door.client(heir) as client:
        for area in (VILLAGE, OTHER_VILLAGE):
            assert len(await every_page(client, "/cases", area=area)) == 1
    assert (await step(case, "receive", heir)).json()["area"] == VILLAGE
