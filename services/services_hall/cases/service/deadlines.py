"""The statutory clock over the calendar that registry announces."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.registry.calendar import CalendarState
from shared.messaging.projection.states import change, hold, projected_all
from shared.workdays import Due, WorkingCalendar


class Deadlines:
    """Reads the calendar once per use case, when it is asked for."""

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
        if self._calendar is None:
            self._calendar = WorkingCalendar(await projected_all(self._session, CalendarState))
        return self._calendar.add(accepted, days)
