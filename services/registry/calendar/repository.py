"""Queries over the calendar."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.calendar.models import CalendarYear


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

    async def after(self, year: int | None, limit: int) -> Sequence[CalendarYear]:
        """The next years, locked. `restate` orders ids as text: for four digits the order is the same."""
        statement = select(CalendarYear).order_by(CalendarYear.year).limit(limit).with_for_update()
        if year is not None:
            statement = statement.where(CalendarYear.year > year)
        return (await self._session.scalars(statement)).all()

    async def put(
        self,
        year: int,
        *,
        holidays: Sequence[date],
        working_weekends: Sequence[date],
        provisional: bool,
        source: str,
    ) -> CalendarYear:
        """Set or replace a year; the version grows by one."""
        values = {
            "holidays": sorted(set(holidays)),
            "working_weekends": sorted(set(working_weekends)),
            "provisional": provisional,
            "source": source,
        }
        statement = (
            insert(CalendarYear)
            .values(year=year, version=1, **values)
            .on_conflict_do_update(
                index_elements=[CalendarYear.year], set_={**values, "version": CalendarYear.version + 1}
            )
            .returning(CalendarYear)
        )
        found = await self._session.scalars(statement, execution_options={"populate_existing": True})
        return found.one()
