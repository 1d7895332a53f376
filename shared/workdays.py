"""Working days over a calendar handed in, and the statutory clock (行政许可法, articles 32, 42, 44, 45, 82).

All days are days in Asia/Shanghai. The day of acceptance is not counted, the due day is inclusive. A year that the
calendar does not hold is computed from weekends and the holidays by law; every answer that touched it is provisional.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol

from shared.clock import SHANGHAI, business_day
from shared.reference.calendar import SATURDAY, provisional_year

ONE_DAY = timedelta(days=1)


class CalendarYear(Protocol):
    """Calendar of one year: its exceptions; `shared.contracts.registry.CalendarState` is one."""

    @property
    def year(self) -> int: ...
    @property
    def holidays(self) -> Collection[date]: ...
    @property
    def working_weekends(self) -> Collection[date]: ...
    @property
    def provisional(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Due:
    """A due day, inclusive. `provisional`: it rests on a year without a notice, and is computed again later."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause of the statutory clock from `start` to `end` (both aware); still does if `end` is None."""

    start: datetime
    end: datetime | None = None

    def covers_end_of(self, day: date) -> bool:
        """Whether the case stood still when the day ended."""
        end = end_of(day)
        return self.start < end and (self.end is None or self.end >= end)


def end_of(day: date) -> datetime:
    """Midnight after a business day, in Asia/Shanghai."""
    return datetime.combine(day + ONE_DAY, time(), tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class _Year:
    """A year's working days, counted. `upto[n]`: how many there are before its day n (0: 1 January)."""

    first: int
    upto: Sequence[int]
    working: Sequence[date]
    provisional: bool


class WorkingCalendar:
    """Working-day calendar. Immutable: when a year is published, make another.

    A year is counted when it is first asked for, so that a question costs the same however long the limit.
    """

    def __init__(self, years: Iterable[CalendarYear]) -> None:
        self._given = {year.year: year for year in years}
        self._years: dict[int, _Year] = {}

    def is_working_day(self, day: date) -> bool:
        """A weekday that is no holiday, or a weekend day that is worked."""
        year = self._year(day.year)
        at = day.toordinal() - year.first
        return year.upto[at + 1] > year.upto[at]

    def is_provisional(self, day: date) -> bool:
        """Whether what is said of this day rests on no notice."""
        return self._year(day.year).provisional

    def add(self, day: date, days: int) -> Due:
        """The `days`-th working day after `day`; for 0 the day itself or, on a day off, the next working day."""
        return self.due(day, days) or _never()

    def count(self, after: date, until: date) -> int:
        """Working days later than `after`, up to and with `until`; 0 where `until` is not later."""
        if until <= after:
            return 0
        between = sum(len(self._year(year).working) for year in range(after.year, until.year))
        return between + self._upto(until) - self._upto(after)

    def due(self, accepted: date | datetime, days: int, pauses: Sequence[Pause] = ()) -> Due | None:
        """When a limit of `days` working days ends. None while an open pause keeps that from being known.

        A working day counts if the case runs at its end. Raises ValueError on a negative limit.
        """
        if days < 0:
            raise ValueError("a limit has at least 0 working days")
        day = _day(accepted)
        if days == 0:
            day, days = day - ONE_DAY, 1
        first = day + ONE_DAY
        end = self._nth(day, days)
        for begins, ends in _stretches(pauses) if pauses else ():
            if begins > end:
                break
            if ends is None:
                return None
            if ends > day:
                days -= self.count(day, begins - ONE_DAY)
                day = ends
                end = self._nth(day, days)
        return Due(end, self._is_provisional_within(first.year, end.year))

    def used(self, accepted: date | datetime, now: datetime, pauses: Sequence[Pause] = ()) -> int:
        """Working days of a limit that are over by `now`: those that ended and at whose end the case ran."""
        first, last = _day(accepted), business_day(now) - ONE_DAY
        stood = sum(
            self.count(max(first, begins - ONE_DAY), last if ends is None else min(last, ends))
            for begins, ends in _stretches(pauses)
        )
        return self.count(first, last) - stood

    def _is_provisional_within(self, first: int, last: int) -> bool:
        if first == last:
            return self._year(first).provisional
        return any(self._year(year).provisional for year in range(first, last + 1))

    def _nth(self, after: date, days: int) -> date:
        """The `days`-th working day later than `after`; at least the first."""
        number = after.year
        year = self._year(number)
        place = year.upto[after.toordinal() - year.first + 1] + days
        while place > len(year.working):
            place -= len(year.working)
            number += 1
            year = self._year(number)
        return year.working[place - 1]

    def _upto(self, day: date) -> int:
        """Working days of its year up to and with a day."""
        year = self._year(day.year)
        return year.upto[day.toordinal() - year.first + 1]

    def _year(self, number: int) -> _Year:
        known = self._years.get(number)
        if known is None:
            year = self._given.get(number) or provisional_year(number)
            known = _counted(number, tuple(year.holidays), tuple(year.working_weekends), provisional=year.provisional)
            self._years[number] = known
        return known


@lru_cache(maxsize=256)
def _counted(number: int, holidays: tuple[date, ...], worked: tuple[date, ...], *, provisional: bool) -> _Year:
    off, on = frozenset(holidays), frozenset(worked)
    first = date(number, 1, 1)
    upto, working = [0], []
    for at in range((date(number, 12, 31) - first).days + 1):
        day = first + timedelta(days=at)
        if day in on or (day.weekday() < SATURDAY and day not in off):
            working.append(day)
        upto.append(len(working))
    return _Year(first.toordinal(), upto, working, provisional)


def _stretches(pauses: Sequence[Pause]) -> Sequence[tuple[date, date | None]]:
    """The days at whose end a case stood still: first and last of each stretch, in order, none overlapping another.

    The last is None where it stands still for ever. A pause that covers no end of a day is none.
    """
    found: list[tuple[date, date | None]] = []
    for begins, ends in sorted((_days_of(one) for one in pauses), key=_begin):
        if ends is not None and ends < begins:
            continue
        last = found[-1][1] if found else begins - ONE_DAY
        if last is None:
            break
        if found and begins <= last:
            found[-1] = (found[-1][0], None if ends is None else max(last, ends))
        else:
            found.append((begins, ends))
    return found


def _days_of(pause: Pause) -> tuple[date, date | None]:
    return business_day(pause.start), None if pause.end is None else business_day(pause.end) - ONE_DAY


def _begin(stretch: tuple[date, date | None]) -> date:
    return stretch[0]


def _day(accepted: date | datetime) -> date:
    return business_day(accepted) if isinstance(accepted, datetime) else accepted


def _never() -> Due:
    raise AssertionError("a limit without pauses always ends")
