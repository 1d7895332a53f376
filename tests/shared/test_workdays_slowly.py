"""The statutory clock against a slow one that shares nothing with it: every day of 2004 to 2026, by a second source."""

import json
from bisect import bisect_right
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from shared.clock import SHANGHAI
from shared.reference.calendar import published_years
from shared.workdays import Pause, WorkingCalendar

CALENDAR = WorkingCalendar(published_years())
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
ALL = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def _worked() -> frozenset[date]:
    """The working days of the notices, as another package tells them (`second_calendar.json`)."""
    years = json.loads(Path(__file__).with_name("second_calendar.json").read_text("utf-8"))
    off, worked = set(), set()
    for year in range(FIRST.year, LAST.year + 1):
        off |= {date.fromisoformat(f"{year}-{day}") for day in years[str(year)]["off"].split()}
        worked |= {date.fromisoformat(f"{year}-{day}") for day in years[str(year)].get("worked", "").split()}
    return frozenset(day for day in ALL if day in worked or (day.weekday() < 5 and day not in off))


WORKED = _worked()
IN_ORDER = sorted(WORKED)


def ran_at_the_end_of(day: date, pauses: list[Pause]) -> bool:
    """Looked at a moment before midnight, and at midnight itself."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)
    before = midnight - timedelta(microseconds=1)
    return not any(one.start <= before and (one.end is None or one.end > before) for one in pauses)


def stands_for_ever(day: date, pauses: list[Pause]) -> bool:
    return not ran_at_the_end_of(day, [one for one in pauses if one.end is None])


def slowly(accepted: date, days: int, pauses: list[Pause]) -> date | None:
    """Day by day on a sheet of paper: crossing off a day that is worked and at whose end the case ran."""
    crossed, day = 0, accepted if days else accepted - timedelta(days=1)
    while crossed < max(days, 1):
        day += timedelta(days=1)
        if stands_for_ever(day, pauses):
            return None
        crossed += day in WORKED and ran_at_the_end_of(day, pauses)
    return day


@pytest.mark.parametrize("days", [0, 1, 2, 5, 10, 20, 45])
def test_a_limit_from_every_day_of_every_year_ends_where_a_list_of_working_days_says(days: int) -> None:
    """By position in the list of all working days: nothing of it is a walk over days."""
    for start in ALL:
        place = bisect_right(IN_ORDER, start) + days - 1
        if days == 0:
            place = bisect_right(IN_ORDER, start - timedelta(days=1))
        if place >= len(IN_ORDER):
            continue  # beyond the notices
        assert CALENDAR.add(start, days).day == IN_ORDER[place], start


def test_limits_with_pauses_end_where_the_slow_clock_says() -> None:
    """Pauses of minutes to weeks, overlapping and not, some of them open, and an extension on top."""
    random = Random(20261130)
    open_ones = 0
    for _ in range(2500):
        start = ALL[random.randrange(len(ALL) - 220)]
        accepted = datetime(
            start.year, start.month, start.day, random.randrange(24), random.randrange(60), 0, 0, SHANGHAI
        )
        limit = random.choice((0, 1, 3, 5, 10, 20)) + random.choice((0, 0, 5, 10))
        pauses = []
        for _ in range(random.randrange(4)):
            begins = accepted + timedelta(minutes=random.randrange(30 * 24 * 60))
            ends = begins + timedelta(minutes=random.choice((1, 60, 600, 1440, 5000, 20000)))
            pauses.append(Pause(begins, ends))
        if random.random() < 0.1:
            pauses.append(Pause(accepted + timedelta(minutes=random.randrange(20 * 24 * 60))))
        found, expected = CALENDAR.due(accepted, limit, pauses), slowly(accepted.date(), limit, pauses)
        assert (found and found.day) == expected, (accepted, limit, pauses)
        open_ones += expected is None
    assert open_ones > 50, "some never end"


def test_days_that_are_left_are_those_of_the_list() -> None:
    random = Random(11)
    for _ in range(3000):
        first, last = sorted(random.choice(ALL) for _ in range(2))
        last = min(last, first + timedelta(days=400))
        assert CALENDAR.count(first, last) == bisect_right(IN_ORDER, last) - bisect_right(IN_ORDER, first)
