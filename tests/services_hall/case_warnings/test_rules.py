"""Rules of warnings: when each unit fires, on both sides of an end, and the latest end that is warned about by now."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.services_hall.case_warnings.domain import (
    CaseWarningTransitionError,
    WarningRule,
    fires,
    last_end,
    last_start,
    require_transition,
)
from shared.contracts.services_hall.case_warnings import WarningStatus
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.workdays import WorkingCalendar
from shared.worktime import ClockUnit

CALENDAR = WorkingCalendar(published_years())


def a_rule(timing: str, amount: int, unit: str = "work_day") -> WarningRule:
    now = FrozenClock().now()
    return WarningRule(
        uuid4(), 1, "limit", timing, amount, unit, 1, "yellow", "holder", "source", date(2026, 1, 1), "set", "who", now
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


VECTORS = [
    ("before", 1, "work_day", "2026-03-23", "2026-03-20T00:00:00"),  # a Monday: the Friday before
    ("before", 1, "work_day", "2026-10-08", "2026-09-30T00:00:00"),
    ("before", 2, "work_day", "2026-10-12", "2026-10-09T00:00:00"),  # Saturday 10-10 is worked
    ("before", 1, "day", "2026-03-23", "2026-03-22T00:00:00"),
    ("before", 24, "hour", "2026-03-23", "2026-03-22T23:59:59"),
    ("before", 4, "work_hour", "2026-03-23", "2026-03-23T14:00:00"),
    ("before", 0, "work_day", "2026-03-23", "2026-03-23T23:59:59"),
    ("after", 0, "work_day", "2026-03-20", "2026-03-21T00:00:00"),  # a Friday: Saturday, not Monday
    ("after", 1, "work_day", "2026-03-20", "2026-03-24T00:00:00"),
    ("after", 1, "work_day", "2026-09-30", "2026-10-09T00:00:00"),
    ("after", 2, "day", "2026-03-20", "2026-03-23T00:00:00"),
    ("after", 48, "hour", "2026-03-20", "2026-03-23T00:00:00"),
]


@pytest.mark.parametrize(("timing", "amount", "unit", "end", "first"), VECTORS)
def test_a_rule_fires_from_its_instant_on(timing: str, amount: int, unit: str, end: str, first: str) -> None:
    rule, day, instant = a_rule(timing, amount, unit), date.fromisoformat(end), at(first)
    assert not fires(rule, day, instant - timedelta(seconds=1), CALENDAR)
    assert fires(rule, day, instant, CALENDAR)
    assert fires(rule, day, instant + timedelta(days=40), CALENDAR)


@settings(max_examples=60, deadline=None)
@given(
    timing=st.sampled_from(("before", "after")),
    amount=st.integers(0, 30),
    unit=st.sampled_from([str(one) for one in ClockUnit]),
    minutes=st.integers(0, 365 * 24 * 60),
)
def test_whatever_ends_by_the_last_day_is_warned_about_and_nothing_later(
    timing: str, amount: int, unit: str, minutes: int
) -> None:
    """Against asking of each day around now: the set of ends that fire has no hole."""
    now, rule = at("2026-01-01T00:00:00") + timedelta(minutes=minutes), a_rule(timing, amount, unit)
    last = last_end(rule, now, CALENDAR)
    around = [now.date() + timedelta(days=n) for n in range(-70, 71)]
    assert [day for day in around if fires(rule, day, now, CALENDAR)] == [day for day in around if day <= last]


@given(days=st.integers(0, 12), shift=st.integers(0, 364))
def test_the_last_day_of_receipt_is_the_latest_of_which_the_days_are_over(days: int, shift: int) -> None:
    end = date(2026, 1, 1) + timedelta(days=shift)
    found = last_start(end, days, CALENDAR)
    assert CALENDAR.add(found, days).day <= end < CALENDAR.add(found + timedelta(days=1), days).day


def test_taking_note_is_taken_back_and_nothing_else() -> None:
    require_transition("raised", WarningStatus.ACKNOWLEDGED)
    require_transition("acknowledged", WarningStatus.RAISED)
    for present in WarningStatus:
        with pytest.raises(CaseWarningTransitionError):
            require_transition(str(present), present)
