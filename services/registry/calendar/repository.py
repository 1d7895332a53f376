"""Queries over the calendar."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.calendar.models import CalendarYear
from shared.reference.calendar import YearDays


class CalendarRepository:
    """The years."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[CalendarYear]:
        """All years, oldest first."""
        return (await self._session.scalars(select(CalendarYear).order_by(CalendarYear.year))).all()

    async def locked(self, year: int) -> CalendarYear | None:
        """One year, locked until the transaction ends."""
        return await self._session.get(CalendarYear, year, with_for_update=True, populate_existing=True)

    async def locked_after(self, year: int | None, limit: int) -> Sequence[CalendarYear]:
        """The next years, locked. `restate` orders ids as text: for four digits the order is the same."""
        statement = select(CalendarYear).order_by(CalendarYear.year).limit(limit).with_for_update()
        if year is not None:
            statement = statement.where(CalendarYear.year > year)
        return (await self._session.scalars(statement)).all()

    async def put(self, days: YearDays) -> CalendarYear:
        """Set or replace a year; the version grows by one."""
        stored = await self._put(days)
        assert stored is not None, "nothing keeps it"
        return stored

    async def put_over(self, days: YearDays, source: str) -> CalendarYear | None:
        """The same over what came from `source`; None if it comes from elsewhere by now."""
        return await self._put(days, CalendarYear.source == source)

    async def put_missing(self, days: YearDays) -> CalendarYear | None:
        """The same where the year is missing; None if it is there by now."""
        return await self._put(days, false())

    async def _put(self, days: YearDays, over: ColumnElement[bool] | None = None) -> CalendarYear | None:
        values = {
            "holidays": sorted(set(days.holidays)),
            "working_weekends": sorted(set(days.working_weekends)),
            "provisional": days.provisional,
            "source": days.source,
        }
        statement = (
            insert(CalendarYear)
            .values(year=days.year, version=1, **values)
            .on_conflict_do_update(
                index_elements=[CalendarYear.year], set_={**values, "version": CalendarYear.version + 1}, where=over
            )
            .returning(CalendarYear)
        )
        found = await self._session.scalars(statement, execution_options={"populate_existing": True})
        return found.one_or_none()
