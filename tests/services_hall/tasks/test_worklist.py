"""Worklists: where each case waits, for which post and until when; counts and pools equal lists, for whoever asks."""

import random
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from services.services_hall.cases.domain.codes import CasePost, Desk
from services.services_hall.cases.domain.waiting import NO_END, Waiting, waits
from services.services_hall.cases.schedules import fill_desks
from shared.contracts.services_hall.cases import CaseStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import a_principal
from tests.services_hall.cases.whole import WAYS, Whole
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, OTHER_CLERK, OTHER_VILLAGE, VILLAGE, publish_item
from tests.services_hall.tasks.hands import ANNE, HEALTH, TOWN, TOWN_OFFICER, Bench, in_context

POSTS = {
    "draft": (VILLAGE, "window"),
    "submitted": (VILLAGE, "window"),
    "received": (VILLAGE, "window"),
    "supplement": (VILLAGE, "window"),
    "accepted": (VILLAGE, "review"),
    "in_review": (TOWN, "review"),
    "special": (TOWN, "review"),
    "suspended": (VILLAGE, "review"),
    "decided": ("450481", "window"),
    "closed": ("450481", "delivery"),
}
"""Where a case of each status waits and for whom, restated by hand; in every other status nothing is to be done."""
ENDS = {"supplement": "2026-04-30", "received": "2026-03-23", "in_review": "2026-03-19", "special": None}
"""Last days that were counted by hand from Monday 2026-03-16: notice in five days, a step of three, papers."""


@pytest.mark.parametrize("status", WAYS)
async def test_a_case_waits_at_one_office_for_one_post(whole: Whole, bench: Bench, status: str) -> None:
    case = await whole.bring(status)
    shown = [one for one in await bench.listed() if one["case_id"] == case["id"]]
    assert [(one["area"], one["post"]) for one in shown] == ([POSTS[status]] if status in POSTS else [])
    if status in ENDS:
        assert [one["ends_on"] for one in shown] == [ENDS[status]]
    if shown:
        assert (shown[0]["number"], shown[0]["status"], shown[0]["kind"]) == (case["number"], status, "held")


async def test_the_last_step_waits_for_who_decides_and_what_is_sent_waits_at_both_ends(
    whole: Whole, bench: Bench
) -> None:
    case = await whole.bring("in_review")
    case = await whole.do(case, "pass")
    [here, there] = sorted(await bench.listed(), key=lambda one: len(one["area"]), reverse=True)
    assert (here["kind"], here["area"], here["post"]) == ("held", TOWN, "decision")
    assert (there["kind"], there["area"], there["post"]) == ("arriving", "450481", "window")
    await whole.do(case, "take")
    [there] = await bench.listed()
    assert (there["kind"], there["area"], there["post"]) == ("held", "450481", "decision")


async def test_a_department_that_is_asked_finds_it_and_nobody_below_the_county_does(whole: Whole, bench: Bench) -> None:
    case = await whole.bring("in_review")
    case = await whole.do(case, "ask-consent")
    [asked] = await bench.listed(HEALTH)
    assert (asked["kind"], asked["post"], asked["department"]) == ("asked", "consent", "health")
    assert await bench.listed(a_principal("department_officer", TOWN, "town-health", "health")) == []
    await whole.do(case, "answer-consent", who=HEALTH)
    assert await bench.listed(HEALTH) == []


async def test_what_ends_first_comes_first_and_what_has_no_limit_last(whole: Whole, bench: Bench) -> None:
    cases = [await whole.bring(status) for status in ("submitted", "supplement", "received", "in_review")]
    shown = await bench.listed()
    assert [one["case_id"] for one in shown] == [cases[n]["id"] for n in (3, 2, 1, 0)]
    assert [one["ends_on"] for one in shown] == ["2026-03-19", "2026-03-23", "2026-04-30", None]
    assert [one["case_id"] for one in await bench.listed(due_by="2026-03-23")] == [cases[3]["id"], cases[2]["id"]]


async def test_counts_and_pools_equal_lists_for_everybody_and_every_filter(
    whole: Whole, bench: Bench, door: Any, clock: FrozenClock
) -> None:
    """Drawn by a seed; what a list shows is computed a second time, slowly, from what a list of everything shows."""
    for status in ("draft", "submitted", "received", "accepted", "in_review", "closed", "archived"):
        await whole.bring(status)
    await whole.do(await whole.bring("in_review"), "ask-consent")
    await whole.do(await whole.bring("in_review"), "pass")
    other = await publish_item(door, "OTHER-ITEM", department="health")
    await whole.bring("submitted", area=OTHER_VILLAGE)
    for _ in range(2):
        await whole._submit(item_id=other, who=COUNTY_OFFICER)
    everything = await bench.listed()
    for number, task in enumerate(everything):
        if number % 3 == 0:
            await bench.done(f"/tasks/{task['id']}/claim", COUNTY_OFFICER if number % 2 else HEALTH
                             if task["department"] == "health" else COUNTY_OFFICER)  # fmt: skip
    clock.advance(days=4)
    everything = await bench.listed()
    assert len(everything) == 13
    draw = random.Random(11)
    callers = [COUNTY_OFFICER, TOWN_OFFICER, CLERK, OTHER_CLERK, HEALTH]
    choices: dict[str, list[Any]] = {
        "level": ["6", "9", "12"],
        "department": ["civil_affairs", "health"],
        "kind": [*Desk][:3],
        "post": [*CasePost],
        "assigned": ["free", "mine", "taken"],
        "status": ["received", "accepted", "in_review"],
        "item_id": [whole.item, other],
        "due_by": ["2026-03-19", "2026-03-23", "2026-12-31"],
        "area": [VILLAGE, TOWN, "450481"],
    }
    seen = 0
    for _ in range(60):
        who = draw.choice(callers)
        query = {name: str(draw.choice(choices[name])) for name in draw.sample(sorted(choices), draw.randint(0, 3))}
        if not {VILLAGE, TOWN, "450481"}.isdisjoint({query.get("area")}) and who is OTHER_CLERK:
            query.pop("area") if query["area"] == VILLAGE else None
        shown = await bench.listed(who, **query)
        assert [one["id"] for one in shown] == [one["id"] for one in everything if slowly(one, who, query)], query
        seen += len(shown)
    assert seen > 40


def slowly(task: Any, who: Any, query: dict[str, str]) -> bool:
    """Whether somebody's list with a filter shows a task: one task, one question after the other."""
    grant = who.grants[0]
    reached = task["area"].startswith(grant.area) and grant.department in (None, task["department"])
    if task["kind"] == "asked" and len(grant.area) > 6:
        reached = False
    officer, ends = task["assigned_to"], task["ends_on"]
    asked = {
        "level": lambda value: len(task["area"]) == int(value),
        "department": lambda value: task["department"] == value,
        "kind": lambda value: task["kind"] == value,
        "post": lambda value: task["post"] == value,
        "assigned": lambda value: {"free": officer is None, "mine": officer == who.subject, "taken": bool(officer)}[
            value
        ],
        "status": lambda value: task["status"] == value,
        "item_id": lambda value: task["item_id"] == value,
        "due_by": lambda value: ends is not None and ends <= value,
        "area": task["area"].startswith,
    }
    return bool(reached and all(asked[name](value) for name, value in query.items()))


async def test_pools_say_what_is_free_mine_and_over(whole: Whole, bench: Bench, clock: FrozenClock) -> None:
    first, second = await whole.bring("received"), await whole.bring("received")
    await bench.done(f"/tasks/{(await bench.task_of(first))['id']}/claim", CLERK)
    clock.advance(days=8)
    [pool] = (await bench.get("/task-pools", CLERK))["items"]
    assert pool == {
        "level": 12,
        "department": "civil_affairs",
        "post": "window",
        "total": 2,
        "free": 1,
        "mine": 1,
        "overdue": 2,
    }
    assert [one["overdue"] for one in await bench.listed(CLERK)] == [True, True]
    assert [one["case_id"] for one in await bench.listed(CLERK, assigned="free")] == [second["id"]]


async def test_an_area_outside_is_not_found_and_tasks_name_nobody(whole: Whole, bench: Bench, door: Any) -> None:
    await whole.bring("received")
    async with door.client(OTHER_CLERK) as client:
        assert (await client.get("/tasks", params={"area": VILLAGE})).status_code == 404
        assert (await client.get("/task-pools", params={"area": VILLAGE})).status_code == 404
    assert await bench.listed(OTHER_CLERK) == []
    door.accesses.entries.clear()
    [task] = await bench.listed(CLERK)
    assert "person_id" not in task
    assert {(one.action, one.object_id) for one in door.accesses.entries} == {("list_tasks", task["case_id"])}


async def test_cases_from_before_there_were_tasks_get_theirs(
    whole: Whole, bench: Bench, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    for status in ("submitted", "in_review", "archived"):
        await whole.bring(status)
    sent = await whole.do(await whole.bring("in_review"), "pass")

    async def told() -> list[tuple[Any, ...]]:
        return sorted((one["case_id"], one["kind"], one["post"], one["ends_on"]) for one in await bench.listed())

    before = await told()
    async with committed.session() as session:  # as code from before left them: no rows where files lie, no posts
        await session.execute(text("DELETE FROM case_desks WHERE kind = 'held'"))
        await session.execute(text("UPDATE case_desks SET post = NULL, ends_on = '9999-12-31'"))
        await session.commit()
    assert await bench.listed() == []
    await in_context(committed, clock, crypto, fill_desks)
    assert await told() == before
    assert sum(one[0] == sent["id"] for one in before) == 2


async def test_a_case_that_goes_with_its_area_waits_there(whole: Whole, bench: Bench) -> None:
    case = await whole.bring("received")
    assert (await bench.task_of(case, ANNE))["area"] == VILLAGE
    case = await whole.do(case, ("hand-over", {"to": {"area": TOWN}, "reason": "reported_up"}), "take")
    assert [one["area"] for one in await bench.listed(TOWN_OFFICER)] == [TOWN]
    assert await bench.listed(ANNE) == []


def test_waiting_follows_from_columns_alone() -> None:
    case: dict[str, Any] = {
        "status": "accepted",
        "area": "a",
        "department": "d",
        "held_area": None,
        "held_department": None,
        "sent": None,
        "consents": [],
        "step": None,
        "promised_days": 5,
        "supply_until": None,
        "due_on": date(2026, 3, 9),
        "step_due_on": None,
        "deliver_by": None,
    }
    here = Desk.HELD, "a", "d"
    assert waits(case, 2, None) == {here: Waiting(CasePost.REVIEW, date(2026, 3, 9))}
    assert waits(case, 0, None) == {here: Waiting(CasePost.DECISION, date(2026, 3, 9))}
    assert waits({**case, "promised_days": 0}, 2, None) == {here: Waiting(CasePost.DECISION, date(2026, 3, 9))}
    assert waits({**case, "status": "received"}, 2, date(2026, 3, 4)) == {
        here: Waiting(CasePost.WINDOW, date(2026, 3, 4))
    }
    assert waits({**case, "status": "suspended", "due_on": None}, 2, None) == {here: Waiting(CasePost.REVIEW, NO_END)}
    for status in set(CaseStatus) - set(POSTS):
        assert waits({**case, "status": status}, 2, None) == {}
