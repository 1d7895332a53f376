"""The statutory clock over the calendar that registry announces."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.registry.calendar import CalendarState
from shared.messaging.projection.states import projected_all
from shared.workdays import Due, WorkingCalendar


class Deadlines:
    """Reads the calendar once per use case, when it is asked for."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._calendar: WorkingCalendar | None = None

    async def due(self, accepted: date, days: int) -> Due:
        """The last working day, inclusive; the day of acceptance is not counted (行政许可法 82)."""
        if self._calendar is None:
            self._calendar = WorkingCalendar(await projected_all(self._session, CalendarState))
        return self._calendar.add(accepted, days)
