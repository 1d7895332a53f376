"""Work hours against an implementation that looks at every minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.grid.dictionaries.domain import Limit, SpecialHours, WorkHours, deadline
from shared.clock import SHANGHAI
from shared.workdays import Pause, WorkingCalendar
from shared.worktime import ClockUnit, Shift

MINUTE = timedelta(minutes=1)
BEGIN = datetime(2026, 1, 1, tzinfo=SHANGHAI)
Spells = tuple[tuple[int, int], ...]
"""Shifts in minutes of the day."""


@dataclass(frozen=True)
class Year:
    """2026 as the county may have set it."""

    holidays: frozenset[date]
    working_weekends: frozenset[date]
    year: int = 2026
    provisional: bool = False


@dataclass(frozen=True)
class Season:
    """Special hours, as minutes and as numbers of days of the year 2026, and the days of the week."""

    shifts: Spells
    first: int
    last: int
    weekdays: frozenset[int]

    def covers(self, number: int, weekday: int) -> bool:
        inside = self.first <= number <= self.last if self.first <= self.last else not self.last < number < self.first
        return inside and weekday in self.weekdays


def of_minutes(spells: Spells) -> tuple[Shift, ...]:
    return tuple(Shift(time(a // 60, a % 60), time(b // 60, b % 60)) for a, b in spells)


def month_day(number: int) -> tuple[int, int]:
    day = date(2026, 1, 1) + timedelta(days=number)
    return day.month, day.day


def slowly(
    start: datetime, hours: int, usual: Spells, seasons: Sequence[Season], year: Year, pauses: Sequence[Pause]
) -> datetime:
    """Count minutes in which somebody works and the clock runs."""
    at, left = start, hours * 60
    while left:
        day = at.date()
        number = day.timetuple().tm_yday - 1
        spells = next((one.shifts for one in seasons if one.covers(number, day.isoweekday())), usual)
        weekend = day.isoweekday() > 5
        works = day in year.working_weekends if weekend else day not in year.holidays
        minute = at.hour * 60 + at.minute
        paused = any(one.end is not None and one.start <= at < one.end for one in pauses)
        left -= works and not paused and any(a <= minute < b for a, b in spells)
        at += MINUTE
    return at


@st.composite
def spells(draw: st.DrawFn) -> Spells:
    """A morning, or a morning and an afternoon, of some hours."""
    morning = draw(st.integers(420, 560))
    noon = draw(st.integers(morning + 120, 750))
    if draw(st.booleans()):
        return ((morning, noon),)
    after = draw(st.integers(noon, 900))
    return ((morning, noon), (after, draw(st.integers(after + 1, 1_200))))


seasons = st.builds(
    Season,
    shifts=spells(),
    first=st.integers(0, 364),
    last=st.integers(0, 364),
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
)
days = st.integers(0, 300).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
weekend_days = days.filter(lambda day: day.isoweekday() > 5)


@settings(max_examples=60, deadline=None)
@given(
    usual=spells(),
    season=st.lists(seasons, max_size=1),
    year=st.builds(
        Year,
        holidays=st.frozensets(days, max_size=40),
        working_weekends=st.frozensets(weekend_days, max_size=8),
    ),
    start=st.integers(0, 250 * 1_440).map(lambda minutes: BEGIN + minutes * MINUTE),
    hours=st.integers(1, 14),
    stops=st.lists(st.tuples(st.integers(0, 4_000), st.integers(1, 3_000)), max_size=2),
)
def test_work_hours_agree_with_counting_minutes(
    usual: Spells, season: list[Season], year: Year, start: datetime, hours: int, stops: list[tuple[int, int]]
) -> None:
    year = Year(year.holidays - year.working_weekends, year.working_weekends)
    pauses, reached = [], start
    for after, length in stops:
        begin = reached + after * MINUTE
        reached = begin + length * MINUTE
        pauses.append(Pause(begin, reached))
    work = WorkHours(
        of_minutes(usual),
        tuple(
            SpecialHours(of_minutes(one.shifts), tuple(sorted(one.weekdays)), month_day(one.first), month_day(one.last))
            for one in season
        ),
    )
    found = deadline(start, Limit(hours, ClockUnit.WORK_HOUR), work, WorkingCalendar([year]), pauses)
    assert found.at == slowly(start, hours, usual, season, year, pauses)


def test_the_slow_count_knows_lunch_a_worked_saturday_and_a_pause() -> None:
    usual: Spells = ((480, 720), (840, 1_080))
    year = Year(frozenset({date(2026, 3, 16)}), frozenset({date(2026, 3, 14)}))
    friday = datetime(2026, 3, 13, 17, tzinfo=SHANGHAI)
    assert slowly(friday, 6, usual, [], year, []) == datetime(2026, 3, 14, 15, tzinfo=SHANGHAI)
    assert slowly(friday, 10, usual, [], year, []) == datetime(2026, 3, 17, 9, tzinfo=SHANGHAI)
    pause = Pause(friday, datetime(2026, 3, 14, 8, tzinfo=SHANGHAI))
    assert slowly(friday, 4, usual, [], year, [pause]) == datetime(2026, 3, 14, 12, tzinfo=SHANGHAI)
