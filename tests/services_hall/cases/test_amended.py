"""A calendar that is amended in mid-year moves exactly the dates that it must, by a clock of another making."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.clock import SHANGHAI
from shared.contracts.registry.calendar import CalendarState
from shared.contracts.services_hall.cases import CaseRescheduled
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import Facts

YEAR = next(one for one in published_years() if one.year == 2026)
ONE_DAY = timedelta(days=1)
Days = frozenset[date]


def days(*texts: str) -> Days:
    return frozenset(date.fromisoformat(f"2026-{text}") for text in texts)


def amended(off: Days, worked: Days, version: int = 2) -> CalendarState:
    """The calendar of 2026 with these days off and these weekend days worked besides."""
    return CalendarState(
        id="2026", version=version, year=2026, holidays=tuple(sorted({*YEAR.holidays, *off} - worked)),
        working_weekends=tuple(sorted({*YEAR.working_weekends, *worked} - off)), provisional=False, source="notice",
    )  # fmt: skip


def is_worked(day: date, off: Days, worked: Days) -> bool:
    """By the week, the notice of 2026, and what was amended."""
    if day in off:
        return False
    if day in worked or day in YEAR.working_weekends:
        return True
    return day.weekday() < 5 and day not in YEAR.holidays


def stood_still(day: date, pauses: Collection[Any]) -> bool:
    """Whether the case stood still in the last second of a day."""
    last = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=SHANGHAI)
    return any(
        datetime.fromisoformat(one["start"]) <= last
        and (one["end"] is None or datetime.fromisoformat(one["end"]) > last)
        for one in pauses
    )


def slowly(since: str, many: int, pauses: Collection[Any], off: Days, worked: Days) -> str:
    """The last day of a limit, day by day; the first day is not counted."""
    day = datetime.fromisoformat(since).astimezone(SHANGHAI).date()
    while many:
        day += ONE_DAY
        many -= is_worked(day, off, worked) and not stood_still(day, pauses)
    return day.isoformat()


def expected(case: Any, off: Days, worked: Days) -> tuple[str | None, str | None, str | None]:
    """Due date, due date of the step, and day of delivery, as they must be."""
    due = step = deliver = None
    if case["status"] in ("accepted", "in_review", "decided"):
        limit = case["promised_days"] + case["extended_days"]
        due = slowly(case["accepted_at"], limit, case["pauses"], off, worked)
    if case["status"] in ("in_review", "decided") and case["step"]:
        began = [one["at"] for one in case["steps"] if one["step"] in ("begin_review", "pass")][-1]
        step = slowly(began, {1: 3, 2: 5}[case["step"]], case["pauses"], off, worked)
    if case["decided_at"] is not None:
        deliver = slowly(case["decided_at"], 10, (), off, worked)
    return due, step, deliver


def dates(case: Any) -> tuple[str | None, str | None, str | None]:
    return case["due_on"], case["step_due_on"], case["deliver_by"]


async def a_paused(whole: Whole, clock: FrozenClock) -> Any:
    """A case in review that stood still for some days and was extended."""
    case = await whole.do(await whole.bring("in_review"), "begin-special")
    clock.advance(days=2)
    return await whole.do(case, "resume", ("extend", {"days": 5, "reason": "complex"}))


CHANGES = [
    (days("03-20"), days()),  # before every end
    (days("03-30"), days()),  # an end itself
    (days("04-07", "04-08"), days()),  # after some ends, before others
    (days("03-17", "03-18", "03-19", "03-20"), days("03-21", "03-22")),
    (days(), days("03-28", "03-29")),  # everything comes forward
    (days("12-24"), days("12-26")),  # touches nothing
]


@pytest.mark.parametrize(("off", "worked"), CHANGES)
async def test_exactly_the_dates_move_that_must(
    whole: Whole, clock: FrozenClock, arrivals: Arrivals, facts: Facts, off: Days, worked: Days
) -> None:
    statuses = ("received", "accepted", "in_review", "suspended", "decided", "withdrawn", "refused")
    cases = [await whole.bring(status) for status in statuses]
    cases.append(await a_paused(whole, clock))
    before = [await whole.read(case) for case in cases]
    for case in before:
        if case["status"] in ("accepted", "in_review", "decided"):
            assert dates(case) == expected(case, days(), days()), case["status"]
    told = len(await facts("services_hall.case"))
    await arrivals.take(amended(off, worked))
    moved = 0
    for old in before:
        new = await whole.read(old)
        if old["status"] not in ("accepted", "in_review", "decided"):
            assert (dates(new), new["version"]) == (dates(old), old["version"]), old["status"]
            continue
        assert dates(new) == expected(old, off, worked), old["status"]
        moves = dates(new) != dates(old)
        moved += moves
        assert new["version"] == old["version"] + moves, old["status"]
        assert (new["steps"][-1]["step"] == "reschedule") is moves
        assert not moves or new["steps"][-1]["reason"] == "calendar_amended"
    fresh = (await facts("services_hall.case"))[told:]
    assert (len(fresh), {type(one) for one in fresh}) == (moved, {CaseRescheduled} if moved else set())
    assert (moved == 0) is (off == days("12-24"))


async def test_an_amendment_that_is_taken_back_brings_every_date_back(
    whole: Whole, clock: FrozenClock, arrivals: Arrivals
) -> None:
    cases = [await whole.read(await whole.bring(status)) for status in ("accepted", "in_review", "decided")]
    cases.append(await whole.read(await a_paused(whole, clock)))
    await arrivals.take(amended(days("03-18", "03-19"), days()))
    assert all([dates(await whole.read(case)) != dates(case) for case in cases])
    await arrivals.take(amended(days(), days(), version=3))
    for case in cases:
        again = await whole.read(case)
        assert (dates(again), again["version"]) == (dates(case), case["version"] + 2)
        assert [one["step"] for one in again["steps"][-2:]] == ["reschedule", "reschedule"]


async def test_what_stands_still_is_computed_by_the_calendar_of_when_it_goes_on(
    whole: Whole, clock: FrozenClock, arrivals: Arrivals
) -> None:
    case = await whole.bring("suspended")
    await arrivals.take(amended(days("03-20"), days()))
    clock.advance(days=1)
    went_on = await whole.read(await whole.do(case, "resume"))
    assert dates(went_on) == expected(went_on, days("03-20"), days())
