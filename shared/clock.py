"""Time comes in through the constructor: nothing reads the system clock on its own."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where code learns what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def business_day(instant: datetime) -> date:
    """The calendar day of an instant in Asia/Shanghai, whatever the machine's own zone is."""
    return instant.astimezone(SHANGHAI).date()


def today(clock: Clock) -> date:
    """The business day now."""
    return business_day(clock.now())
