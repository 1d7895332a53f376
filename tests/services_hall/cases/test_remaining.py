"""What is left of the limits of a case: in every answer, in the lists of what is soon and overdue, in the history."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from services.services_hall.cases.domain.limits import ends_on, is_overdue, step_ends_on, why_rescheduled
from shared.contracts.registry.calendar import CalendarState
from shared.contracts.services_hall.cases import CaseRescheduled, CaseStatus
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from shared.workdays import WorkingCalendar
from tests.services_hall.cases.whole import TOWN, Whole
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, OTHER_CLERK, CaseIn, Facts, Step

CALENDAR = WorkingCalendar(published_years())
DAY, OTHER, LATER = date(2026, 3, 16), date(2026, 3, 17), date(2026, 3, 18)


def set_to(clock: FrozenClock, day: str, time: str = "10:00") -> None:
    clock.set(datetime.fromisoformat(f"{day}T{time}:00+08:00"))


def left(case: Any) -> tuple[int | None, int | None, bool]:
    return case["remaining_days"], case["step_remaining_days"], case["overdue"]


@pytest.mark.parametrize("status", list(CaseStatus))
def test_what_runs_is_restated_by_status(status: CaseStatus) -> None:
    case = SimpleNamespace(status=str(status), due_on=DAY, deliver_by=OTHER, step_due_on=LATER)
    ends = {"accepted": DAY, "in_review": DAY, "decided": OTHER, "closed": OTHER}
    assert ends_on(case) == ends.get(str(status))
    assert step_ends_on(case) == (LATER if status == "in_review" else None)
    assert is_overdue(case, DAY) is False
    assert is_overdue(case, OTHER) is (status in ("accepted", "in_review"))
    assert is_overdue(case, LATER) is (str(status) in ends)
    assert (
        is_overdue(SimpleNamespace(status=str(status), due_on=None, deliver_by=None, step_due_on=None), LATER) is False
    )


def test_a_step_that_is_over_is_overdue_though_the_limit_is_not() -> None:
    case = SimpleNamespace(status="in_review", due_on=LATER, deliver_by=None, step_due_on=DAY)
    assert (is_overdue(case, DAY), is_overdue(case, OTHER)) == (False, True)


def test_why_a_date_moved() -> None:
    assert why_rescheduled(True, {"due_provisional": False}) == "notice_issued"
    for before, after in ((True, True), (False, False), (False, True)):
        assert why_rescheduled(before, {"due_provisional": after}) == "calendar_amended"


async def test_working_days_are_counted_down_and_below_nothing(
    case_in: CaseIn, step: Step, door: Door, clock: FrozenClock
) -> None:
    case = await case_in("received")
    assert left(case) == (None, None, False)
    case = (await step(case, "accept")).json()
    assert (case["due_on"], left(case)) == ("2026-03-23", (5, None, False))
    days = [("2026-03-17", 4), ("2026-03-20", 1), ("2026-03-21", 1), ("2026-03-22", 1), ("2026-03-23", 0)]
    over = [("2026-03-24", -1), ("2026-03-27", -4), ("2026-03-28", -4), ("2026-03-30", -5)]
    async with door.client(CLERK) as client:
        for day, expected in (*days, *over):
            set_to(clock, day)
            shown = (await client.get(f"/cases/{case['id']}")).json()
            (listed,) = (await client.get("/cases")).json()["items"]
            assert left(shown) == left(listed) == (expected, None, expected < 0), day
    stopped = (await step(case, "suspend", reason="force_majeure")).json()
    assert left(stopped) == (None, None, False), "it stands still"
    assert left((await step(stopped, "resume")).json()) == (-5, None, True)
    decided = (await step(case, "decide")).json()
    assert (decided["deliver_by"], left(decided)) == ("2026-04-14", (10, None, False)), "what is left is to deliver"


async def test_a_step_of_the_review_is_counted_beside_the_limit(whole: Whole, clock: FrozenClock) -> None:
    case = await whole.bring("in_review")
    assert (case["step_due_on"], left(case)) == ("2026-03-19", (10, 3, False))
    set_to(clock, "2026-03-20")
    assert left(await whole.read(case)) == (6, -1, True)
    assert left(await whole.do(case, "pass", "take")) == (6, 5, False)


async def test_the_lists_of_what_is_soon_and_over_say_what_each_case_says(
    whole: Whole, door: Door, clock: FrozenClock
) -> None:
    """By the same predicate: for each status, and for each day of a month."""
    statuses = (
        "submitted",
        "accepted",
        "in_review",
        "suspended",
        "special",
        "decided",
        "closed",
        "delivered",
        "refused",
    )
    cases = {status: await whole.bring(status) for status in statuses}
    seen = set()
    for day in range(16, 32):
        set_to(clock, f"2026-03-{day}")
        shown = {status: await whole.read(case) for status, case in cases.items()}
        over = {case["id"] for case in shown.values() if case["overdue"]}
        soon = {case["id"] for case in shown.values() if _is_soon(case, date(2026, 3, day))}
        assert set(await whole.listed(COUNTY_OFFICER, desk="overdue")) == over, day
        assert set(await whole.listed(COUNTY_OFFICER, desk="due_soon")) == soon, day
        assert await whole.listed(OTHER_CLERK, desk="overdue") == []
        seen |= {(len(over), len(soon))}
    assert len(seen) > 3, "they changed over the month"


def _is_soon(case: Any, today: date) -> bool:
    """Whether the limit, the delivery or the step ends within three working days, by the calendar itself."""
    due = case["deliver_by"] if case["status"] in ("decided", "closed") else case["due_on"]
    ends = [due if case["status"] in ("accepted", "in_review", "decided", "closed") else None]
    ends.append(case["step_due_on"] if case["status"] == "in_review" else None)
    return any(one is not None and today <= date.fromisoformat(one) <= CALENDAR.add(today, 3).day for one in ends)


async def test_a_clerk_where_the_file_lies_sees_it_in_the_list(whole: Whole, clock: FrozenClock) -> None:
    case = await whole.bring("in_review")
    set_to(clock, "2026-03-31")
    assert await whole.listed(COUNTY_OFFICER, desk="overdue", area=TOWN) == [case["id"]]


async def test_the_history_keeps_each_due_date_and_why_it_moved_and_the_fact_tells_both(
    case_in: CaseIn, door: Door, clock: FrozenClock, arrivals: Arrivals, facts: Facts
) -> None:
    set_to(clock, "2026-12-30")
    case = await case_in("accepted")
    notice = CalendarState(
        id="2027", version=1, year=2027, holidays=(date(2027, 1, 1), date(2027, 1, 4)), working_weekends=(),
        provisional=False, source="notice",
    )  # fmt: skip
    await arrivals.take(notice)
    year = next(year for year in published_years() if year.year == 2026)
    amended = CalendarState(
        id="2026", version=2, year=2026, holidays=(*year.holidays, date(2026, 12, 31)),
        working_weekends=tuple(year.working_weekends), provisional=False, source="notice",
    )  # fmt: skip
    await arrivals.take(amended)
    async with door.client(CLERK) as client:
        steps = (await client.get(f"/cases/{case['id']}")).json()["steps"]
    assert [(one["step"], one["reason"], one["due_on"]) for one in steps] == [
        ("submit", None, None), ("receive", None, None), ("accept", None, "2027-01-07"),
        ("reschedule", "notice_issued", "2027-01-08"), ("reschedule", "calendar_amended", "2027-01-11"),
    ]  # fmt: skip
    moved = [fact for fact in await facts("services_hall.case") if isinstance(fact, CaseRescheduled)]
    assert [(str(one.due_before), str(one.state.due_on), one.cause) for one in moved] == [
        ("2027-01-07", "2027-01-08", "notice_issued"), ("2027-01-08", "2027-01-11", "calendar_amended"),
    ]  # fmt: skip
