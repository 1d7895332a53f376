"""Claimed, assigned, released: one officer works on a task, and it is free again where another's turn comes."""

from asyncio import gather

import pytest

from shared.auth.roles import Role
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.cases.whole import PAPERS, Whole
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, NOT_FOUND, OTHER_CLERK, VILLAGE, fields, refusal
from tests.services_hall.tasks.hands import ANNE, BELA, HEALTH, TOWN, TOWN_OFFICER, Bench

TAKEN = (409, "task_taken", "该待办已由他人认领")
FREE = (409, "task_free", "该待办尚无经办人")
ABSENT = (422, "officer_not_on_post", "该人员未在可办理此事的岗位上签到")


async def test_who_claims_works_on_it_until_it_is_released(whole: Whole, bench: Bench) -> None:
    task = await bench.task_of(await whole.bring("submitted"))
    claimed = await bench.done(f"/tasks/{task['id']}/claim", ANNE)
    assert (claimed["assigned_to"], claimed["assigned_by"], claimed["version"]) == ("clerk-anne", "clerk-anne", 2)
    assert refusal(await bench.ask(f"/tasks/{task['id']}/claim", BELA)) == TAKEN
    assert refusal(await bench.ask(f"/tasks/{task['id']}/claim", ANNE)) == TAKEN
    assert refusal(await bench.ask(f"/tasks/{task['id']}/release", BELA)) == TAKEN
    assert [one["id"] for one in await bench.listed(ANNE, assigned="mine")] == [task["id"]]
    assert await bench.listed(BELA, assigned="mine") == []
    assert [one["id"] for one in await bench.listed(BELA, officer="clerk-anne")] == [task["id"]]
    released = await bench.done(f"/tasks/{task['id']}/release", ANNE)
    assert (released["assigned_to"], released["assigned_by"], released["assigned_at"]) == (None, None, None)
    assert refusal(await bench.ask(f"/tasks/{task['id']}/release", ANNE)) == FREE
    assert (await bench.done(f"/tasks/{task['id']}/claim", BELA))["assigned_to"] == "clerk-bela"


async def test_of_two_who_claim_at_once_one_has_it(whole: Whole, bench: Bench) -> None:
    task = await bench.task_of(await whole.bring("submitted"))
    answers = await gather(*(bench.ask(f"/tasks/{task['id']}/claim", who) for who in (ANNE, BELA)))
    assert sorted(one.status_code for one in answers) == [200, 409]


async def test_it_stays_with_its_officer_while_it_waits_there_for_that_post(whole: Whole, bench: Bench) -> None:
    case = await whole.bring("submitted")
    task = await bench.task_of(case)
    await bench.done(f"/tasks/{task['id']}/claim", ANNE)
    case = await whole.do(case, "receive", PAPERS[0], "notify")
    kept = await bench.task_of(case)
    assert (kept["id"], kept["assigned_to"], kept["ends_on"]) == (task["id"], "clerk-anne", "2026-04-30")
    assert kept["version"] > 2, "its last day is another"
    case = await whole.do(case, PAPERS[1], "supply", "accept")
    moved = await bench.task_of(case)
    assert (moved["post"], moved["assigned_to"]) == ("review", None)
    assert refusal(await bench.ask(f"/tasks/{task['id']}/release", ANNE)) == NOT_FOUND


async def test_an_undo_brings_the_task_back_free(whole: Whole, bench: Bench) -> None:
    case = await whole.bring("accepted")
    await bench.done(f"/tasks/{(await bench.task_of(case))['id']}/claim", ANNE)
    case = await whole.do(case, "undo")
    back = await bench.task_of(case)
    assert (back["post"], back["assigned_to"]) == ("window", None)


async def test_an_assignment_narrows_nobodys_right(whole: Whole, bench: Bench) -> None:
    case = await whole.bring("submitted")
    await bench.done(f"/tasks/{(await bench.task_of(case))['id']}/claim", ANNE)
    await whole.do(case, "receive", who=BELA)


async def test_a_task_is_given_to_who_is_at_work_there(whole: Whole, bench: Bench) -> None:
    task = await bench.task_of(await whole.bring("submitted"))
    assign = f"/tasks/{task['id']}/assign"
    assert refusal(await bench.ask(assign, TOWN_OFFICER, officer="clerk-anne"))[:2] == ABSENT[:2]
    await bench.at_work(ANNE, BELA, OTHER_CLERK)
    for stranger in (OTHER_CLERK.subject, "nobody"):
        assert refusal(await bench.ask(assign, TOWN_OFFICER, officer="nobody")) == ABSENT, stranger
    given = await bench.done(assign, TOWN_OFFICER, officer="clerk-anne", version=1)
    assert (given["assigned_to"], given["assigned_by"]) == ("clerk-anne", "town-officer-1")
    assert (await bench.done(assign, TOWN_OFFICER, officer="clerk-bela"))["assigned_to"] == "clerk-bela"
    answer = await bench.ask(assign, TOWN_OFFICER, officer="clerk-anne", version=1)
    assert refusal(answer)[:2] == (412, "version_mismatch")
    assert (await bench.done(f"/tasks/{task['id']}/release", TOWN_OFFICER))["assigned_to"] is None
    await bench.done("/officers/sign-off", ANNE)
    assert refusal(await bench.ask(assign, TOWN_OFFICER, officer="clerk-anne")) == ABSENT


async def test_a_decision_is_given_to_who_decides(whole: Whole, bench: Bench, door: Door) -> None:
    case = await whole.bring("in_review")
    case = await whole.do(case, "pass", "take")
    task = await bench.task_of(case)
    assert task["post"] == "decision"
    await bench.at_work(ANNE, TOWN_OFFICER, COUNTY_OFFICER)
    for below in ("clerk-anne", "town-officer-1"):
        assert refusal(await bench.ask(f"/tasks/{task['id']}/assign", officer=below)) == ABSENT, below
    assert (await bench.done(f"/tasks/{task['id']}/assign", officer=COUNTY_OFFICER.subject))["assigned_to"]


async def test_the_list_of_officers_says_who_may_be_given_it(whole: Whole, bench: Bench, clock: FrozenClock) -> None:
    await whole.bring("submitted")
    await bench.at_work(ANNE, TOWN_OFFICER, OTHER_CLERK, HEALTH)
    query = {"area": VILLAGE, "department": "civil_affairs"}
    shown = (await bench.get("/officers", CLERK, **query))["items"]
    assert [(one["officer"], one["role"], one["area"], one["department"]) for one in shown] == [
        ("clerk-anne", "village_clerk", VILLAGE, None),
        ("town-officer-1", "town_officer", TOWN, None),
    ]
    of_health = (await bench.get("/officers", COUNTY_OFFICER, **{**query, "department": "health"}))["items"]
    assert {one["officer"] for one in of_health} == {"clerk-anne", "town-officer-1", "health-officer"}
    clock.advance(days=31)
    assert (await bench.get("/officers", CLERK, **query))["items"] == [], "a sign-on holds for thirty days"


@pytest.mark.parametrize("verb", ["claim", "release", "assign"])
async def test_a_task_of_another_office_is_not_there(whole: Whole, bench: Bench, verb: str) -> None:
    task = await bench.task_of(await whole.bring("submitted"))
    body = {"officer": "clerk-anne"} if verb == "assign" else {}
    other_town = a_principal("town_officer", "450481113")
    for who in (other_town, a_principal("department_officer", "450481", None, "health")):
        assert refusal(await bench.ask(f"/tasks/{task['id']}/{verb}", who, **body)) == NOT_FOUND
        assert refusal(await bench.ask(f"/tasks/{whole.item}/{verb}", who, **body)) == NOT_FOUND


async def test_two_grants_are_not_one(whole: Whole, bench: Bench) -> None:
    """Who handles in this village and decides in another decides nothing here."""
    case = await whole.do(await whole.bring("in_review"), "pass", "take")
    task = await bench.task_of(case)
    here = a_principal("village_clerk", "450481", "both")
    both = type(here)("both", (*here.grants, *a_principal("town_officer", "450481113").grants))
    assert refusal(await bench.ask(f"/tasks/{task['id']}/claim", both)) == NOT_FOUND
    await bench.done("/officers/sign-on", both)
    assert refusal(await bench.ask(f"/tasks/{task['id']}/assign", officer="both")) == ABSENT


async def test_who_answers_for_a_department_claims_its_consent(whole: Whole, bench: Bench) -> None:
    await whole.do(await whole.bring("in_review"), "ask-consent")
    [task] = await bench.listed(HEALTH)
    assert (
        refusal(await bench.ask(f"/tasks/{task['id']}/claim", a_principal("department_officer", TOWN, None, "health")))
        == NOT_FOUND
    )
    assert (await bench.done(f"/tasks/{task['id']}/claim", HEALTH))["assigned_to"] == "health-officer"


async def test_an_officer_is_named_by_a_code_and_never_by_a_number(whole: Whole, bench: Bench) -> None:
    task = await bench.task_of(await whole.bring("submitted"))
    answer = await bench.ask(f"/tasks/{task['id']}/assign", officer="13800138000")
    assert fields(answer) == [("officer", "plain_identifier")]


async def test_roles_of_worklists_restated_by_hand(bench: Bench) -> None:
    operations = {
        "list": ("GET", "/tasks"),
        "claim": ("POST", f"/tasks/{'0' * 8}-0000-7000-8000-{'0' * 12}/claim"),
        "assign": ("POST", f"/tasks/{'0' * 8}-0000-7000-8000-{'0' * 12}/assign"),
        "absences": ("GET", "/absences"),
        "batch": ("POST", "/cases/complete-at-once"),
        "search": ("POST", "/cases/search"),
    }
    handling = {"list", "claim", "absences", "search"}
    may = {
        "village_clerk": handling,
        "town_officer": set(operations),
        "department_officer": set(operations),
        "county_officer": set(operations),
        "agent": {"list", "search"},
        "auditor": {"list", "search"},
    }
    for role in Role:
        async with bench.door.client(a_principal(role, "450481")) as client:
            for name, (method, path) in operations.items():
                answer = await client.request(method, path, json={} if method == "POST" else None)
                assert (answer.status_code != 403) is (name in may.get(str(role), set())), (role, name, answer.text)
