"""Handed over on absence: tasks go to who stands in, and come back with the officer."""

from typing import Any

import pytest

from services.services_hall.tasks.schedules import turn
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import COUNTY_OFFICER, NOT_FOUND, OTHER_CLERK, fields, refusal
from tests.services_hall.tasks.hands import ANNE, BELA, TOWN_OFFICER, Bench, in_context

WEEK = {"officer": "clerk-anne", "substitute": "clerk-bela", "from_on": "2026-03-16", "until_on": "2026-03-20"}


async def working(whole: Whole, bench: Bench, number: int = 2) -> list[Any]:
    """Cases on which Anne works; she and Bela are at work."""
    await bench.at_work(ANNE, BELA, TOWN_OFFICER)
    cases = [await whole.bring("submitted") for _ in range(number)]
    for case in cases:
        await bench.done(f"/tasks/{(await bench.task_of(case))['id']}/claim", ANNE)
    return cases


async def officers(bench: Bench, cases: list[Any]) -> list[tuple[str | None, bool]]:
    found = {one["case_id"]: (one["assigned_to"], one["stands_in"]) for one in await bench.listed()}
    return [found[case["id"]] for case in cases]


async def test_her_tasks_are_the_substitutes_and_come_back(whole: Whole, bench: Bench) -> None:
    cases = await working(whole, bench)
    absence = await bench.done("/absences", ANNE, **WEEK)
    assert (absence["status"], absence["set_by"]) == ("begun", "clerk-anne")
    assert await officers(bench, cases) == [("clerk-bela", True), ("clerk-bela", True)]
    assert [one["id"] for one in (await bench.get("/absences", ANNE))["items"]] == [absence["id"]]
    ended = await bench.done(f"/absences/{absence['id']}/end", ANNE, version=absence["version"])
    assert (ended["status"], ended["ended_by"]) == ("ended", "clerk-anne")
    assert await officers(bench, cases) == [("clerk-anne", False), ("clerk-anne", False)]
    assert (await bench.get("/absences", ANNE))["items"] == []
    answer = await bench.ask(f"/absences/{absence['id']}/end", ANNE)
    assert refusal(answer) == (409, "absence_over", "该离岗安排已结束或已撤回")


async def test_what_was_done_given_away_or_released_meanwhile_does_not_come_back(whole: Whole, bench: Bench) -> None:
    cases = await working(whole, bench, 3)
    absence = await bench.done("/absences", TOWN_OFFICER, **WEEK)
    await whole.do(cases[0], "withdraw")
    await bench.done(f"/tasks/{(await bench.task_of(cases[1]))['id']}/release", BELA)
    await bench.done(f"/absences/{absence['id']}/end", TOWN_OFFICER)
    assert await officers(bench, cases[1:]) == [(None, False), ("clerk-anne", False)]


async def test_what_the_substitute_may_not_do_is_free(whole: Whole, bench: Bench) -> None:
    await bench.at_work(COUNTY_OFFICER, BELA)
    case = await whole.do(await whole.bring("in_review"), "pass", "take")
    await bench.done(f"/tasks/{(await bench.task_of(case))['id']}/claim", COUNTY_OFFICER)
    await bench.done("/absences", COUNTY_OFFICER, **{**WEEK, "officer": COUNTY_OFFICER.subject})
    assert await officers(bench, [case]) == [(None, False)]


async def test_a_planned_one_begins_and_ends_by_the_day(
    whole: Whole, bench: Bench, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    cases = await working(whole, bench, 1)
    absence = await bench.done("/absences", ANNE, **{**WEEK, "from_on": "2026-03-17"})
    assert absence["status"] == "planned"
    await in_context(committed, clock, crypto, turn)
    assert await officers(bench, cases) == [("clerk-anne", False)], "it has not begun"
    clock.advance(days=1)
    await in_context(committed, clock, crypto, turn)
    assert await officers(bench, cases) == [("clerk-bela", True)]
    clock.advance(days=3)
    await in_context(committed, clock, crypto, turn)
    assert await officers(bench, cases) == [("clerk-bela", True)], "its last day is inclusive"
    clock.advance(days=1)
    await in_context(committed, clock, crypto, turn)
    assert await officers(bench, cases) == [("clerk-anne", False)]


async def test_a_planned_one_is_withdrawn(whole: Whole, bench: Bench) -> None:
    await working(whole, bench, 0)
    absence = await bench.done("/absences", ANNE, **{**WEEK, "from_on": "2026-03-17"})
    assert (await bench.done(f"/absences/{absence['id']}/end", ANNE))["status"] == "withdrawn"
    await bench.done("/absences", ANNE, **WEEK)


async def test_nothing_is_given_to_who_is_away(whole: Whole, bench: Bench) -> None:
    await working(whole, bench, 0)
    case = await whole.bring("submitted")
    await bench.done("/absences", ANNE, **WEEK)
    answer = await bench.ask(f"/tasks/{(await bench.task_of(case))['id']}/assign", TOWN_OFFICER, officer="clerk-anne")
    assert refusal(answer) == (409, "officer_absent", "该人员今天不在岗")
    away = (await bench.get("/officers", ANNE, area=ANNE.grants[0].area, department="civil_affairs"))["items"]
    assert "clerk-anne" not in {one["officer"] for one in away}
    answer = await bench.ask("/absences", BELA, **{**WEEK, "officer": "clerk-bela", "substitute": "clerk-anne"})
    assert refusal(answer)[1] == "officer_absent"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"from_on": "2026-03-15"}, ("from_on", "absence_days_wrong")),
        ({"until_on": "2026-03-15"}, ("until_on", "absence_days_wrong")),
        ({"until_on": "2027-03-18"}, ("until_on", "absence_days_wrong")),
        ({"substitute": "clerk-anne"}, ("substitute", "absence_to_oneself")),
        ({"substitute": "nobody"}, ("substitute", "officer_not_on_post")),
    ],
)
async def test_days_and_substitutes_are_judged(
    whole: Whole, bench: Bench, changes: dict[str, str], wrong: tuple[str, str]
) -> None:
    await working(whole, bench, 0)
    answer = await bench.ask("/absences", ANNE, **{**WEEK, **changes})
    assert answer.status_code == 422
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [wrong]


async def test_nobody_sends_others_away_but_who_assigns_at_all_their_posts(whole: Whole, bench: Bench) -> None:
    cases = await working(whole, bench, 1)
    for who in (BELA, OTHER_CLERK):
        assert refusal(await bench.ask("/absences", who, **WEEK)) == NOT_FOUND
    absence = await bench.done("/absences", TOWN_OFFICER, **WEEK)
    assert refusal(await bench.ask(f"/absences/{absence['id']}/end", BELA)) == NOT_FOUND
    assert (await bench.get("/absences", BELA))["items"] == []
    assert refusal(await bench.ask("/absences", ANNE, **WEEK)) == (409, "absence_known", "该人员已有未结束的离岗安排")
    assert await officers(bench, cases) == [("clerk-bela", True)]
    assert fields(await bench.ask("/absences", ANNE, **{**WEEK, "officer": "13800138000"}))[0][1] == "plain_identifier"
