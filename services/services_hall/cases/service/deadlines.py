"""The statutory clock over the calendar that registry announces."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.domain.limits import TELL_WITHIN
from shared.contracts.registry.calendar import CalendarState
from shared.messaging.projection.states import change, hold, projected_all, projected_many
from shared.workdays import Due, Pause, WorkingCalendar


class Deadlines:
    """Reads the calendar once per use case, when it is asked for: whole to find an end, by years to count to one."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._calendar: WorkingCalendar | None = None

    async def hold(self) -> None:
        """Keep the calendar as it is until the transaction ends; before any case is locked."""
        await hold(self._session, CalendarState)

    async def change(self) -> None:
        """Wait for who holds the calendar: years of it were set."""
        await change(self._session, CalendarState)

    async def due(self, accepted: date, days: int) -> Due:
        """The last working day, inclusive; the day of acceptance is not counted (行政许可法 82)."""
        return (await self._read()).add(accepted, days)

    async def running(self, began: date | datetime, days: int, pauses: Sequence[Mapping[str, Any]] = ()) -> Due | None:
        """The same with pauses, of which the days do not count; None while the case stands still."""
        return (await self._read()).due(began, days, [pause_of(one) for one in pauses])

    async def told_too_late(self, today: date) -> date:
        """The last day of receipt for which nobody may tell any more, today, what is missing."""
        calendar, day = await self._read(), today
        while calendar.add(day, TELL_WITHIN).day >= today:
            day -= timedelta(days=1)
        return day

    async def left(self, ends: Collection[date], today: date) -> Mapping[date, int]:
        """Working days after today until each of these ends, inclusive; below 0 those since.

        Reads the years between, and no others; nothing without an end.
        """
        if not ends:
            return {}
        calendar = self._calendar or await self._between(min(today, *ends), max(today, *ends))
        return {end: calendar.count(today, end) if end >= today else -calendar.count(end, today) for end in ends}

    async def soon(self, today: date, days: int) -> date:
        """The last day that is at most so many working days away."""
        return (await self._read()).add(today, days).day

    async def calendar(self) -> WorkingCalendar:
        """The calendar as registry has announced it."""
        return await self._read()

    async def _between(self, first: date, last: date) -> WorkingCalendar:
        """The calendar as far as these days need it."""
        years = range(first.year, last.year + 1)
        return WorkingCalendar((await projected_many(self._session, CalendarState, years)).values())

    async def _read(self) -> WorkingCalendar:
        if self._calendar is None:
            self._calendar = WorkingCalendar(await projected_all(self._session, CalendarState))
        return self._calendar


def pause_of(one: Mapping[str, Any]) -> Pause:
    """A pause as a case keeps it."""
    end = one["end"]
    return Pause(datetime.fromisoformat(one["start"]), None if end is None else datetime.fromisoformat(end))
