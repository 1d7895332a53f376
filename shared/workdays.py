"""Working days over a calendar handed in, and the statutory clock (行政许可法, articles 32, 42, 44, 45, 82).

All days are days in Asia/Shanghai. The day of acceptance is not counted, the due day is inclusive. A year that the
calendar does not hold is computed from weekends and the holidays by law; every answer that touched it is provisional.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from shared.clock import SHANGHAI, business_day
from shared.reference.calendar import provisional_year

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
    off: frozenset[date]
    worked: frozenset[date]
    provisional: bool


class WorkingCalendar:
    """Working-day calendar. Immutable: when a year is published, make another."""

    def __init__(self, years: Iterable[CalendarYear]) -> None:
        self._years = {year.year: _of(year) for year in years}
        self._assumed: dict[int, _Year] = {}

    def is_working_day(self, day: date) -> bool:
        """A weekday that is no holiday, or a weekend day that is worked."""
        year = self._year(day)
        return day in year.worked or (day.weekday() < 5 and day not in year.off)

    def is_provisional(self, day: date) -> bool:
        """Whether what is said of this day rests on no notice."""
        return self._year(day).provisional

    def add(self, day: date, days: int) -> Due:
        """The `days`-th working day after `day`; for 0 the day itself or, on a day off, the next working day."""
        return self.due(day, days) or _never()

    def count(self, after: date, until: date) -> int:
        """Working days later than `after`, up to and with `until`; 0 where `until` is not later."""
        return sum(self.is_working_day(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))

    def due(self, accepted: date | datetime, days: int, pauses: Sequence[Pause] = ()) -> Due | None:
        """When a limit of `days` working days ends. None while an open pause keeps that from being known.

        A working day counts if the case runs at its end. Raises ValueError on a negative limit.
        """
        if days < 0:
            raise ValueError("a limit has at least 0 working days")
        day = _day(accepted)
        provisional = False
        left = days
        if days:
            day += ONE_DAY
        while True:
            if any(pause.end is None and pause.covers_end_of(day) for pause in pauses):
                return None
            provisional = provisional or self.is_provisional(day)
            if self.is_working_day(day) and not any(pause.covers_end_of(day) for pause in pauses):
                left -= 1
                if left <= 0:
                    return Due(day, provisional)
            day += ONE_DAY

    def used(self, accepted: date | datetime, now: datetime, pauses: Sequence[Pause] = ()) -> int:
        """Working days of a limit that are over by `now`: those that ended and at whose end the case ran."""
        first, last = _day(accepted), business_day(now)
        days = (first + timedelta(days=n) for n in range(1, (last - first).days))
        return sum(self.is_working_day(day) and not any(pause.covers_end_of(day) for pause in pauses) for day in days)

    def _year(self, day: date) -> _Year:
        known = self._years.get(day.year)
        if known is None:
            known = self._assumed.get(day.year)
        if known is None:
            known = self._assumed[day.year] = _of(provisional_year(day.year))
        return known


def _of(year: CalendarYear) -> _Year:
    return _Year(frozenset(year.holidays), frozenset(year.working_weekends), year.provisional)


def _day(accepted: date | datetime) -> date:
    return business_day(accepted) if isinstance(accepted, datetime) else accepted


def _never() -> Due:
    raise AssertionError("a limit without pauses always ends")
