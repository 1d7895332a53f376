"""Clock, handed in through constructors: no other code reads the system clock."""

from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Clock: the source of the present instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """Clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def business_day(instant: datetime) -> date:
    """Business day: the calendar day of an instant in Asia/Shanghai, whatever the machine's own zone is."""
    return instant.astimezone(SHANGHAI).date()


def begin_of(year: int) -> datetime:
    """The first instant of a year in Asia/Shanghai."""
    return begin_of_day(date(year, 1, 1))


def begin_of_day(day: date) -> datetime:
    """The first instant of a day in Asia/Shanghai."""
    return datetime.combine(day, time(), tzinfo=SHANGHAI)


def today(clock: Clock) -> date:
    """The business day now."""
    return business_day(clock.now())
