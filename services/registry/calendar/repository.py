"""Queries over the calendar."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, false, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.calendar.models import CalendarYear
from shared.reference.calendar import YearDays, provisional_year


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

    async def carry(self, year: int, holidays: Iterable[date], working_weekends: Iterable[date]) -> CalendarYear | None:
        """Set what the notice of the next year says of this one; None if it said the same before.

        A year that nothing is known of is set by the law's own holidays first, provisional.
        """
        values = {"next_holidays": sorted(set(holidays)), "next_working_weekends": sorted(set(working_weekends))}
        if any(values.values()):
            await self.put_missing(provisional_year(year))
        statement = (
            update(CalendarYear)
            .where(
                CalendarYear.year == year,
                or_(*(getattr(CalendarYear, name) != days for name, days in values.items())),
            )
            .values(**values, version=CalendarYear.version + 1)
            .returning(CalendarYear)
        )
        found = await self._session.scalars(statement, execution_options={"populate_existing": True})
        return found.one_or_none()

    async def _put(self, days: YearDays, over: ColumnElement[bool] | None = None) -> CalendarYear | None:
        statement = insert(CalendarYear).values(
            year=days.year,
            own_holidays=sorted(set(days.holidays)),
            own_working_weekends=sorted(set(days.working_weekends)),
            provisional=days.provisional,
            source=days.source,
            version=1,
        )
        set_ = {name: statement.excluded[name] for name in ("holidays", "working_weekends", "provisional", "source")}
        statement = statement.on_conflict_do_update(
            index_elements=[CalendarYear.year], set_={**set_, "version": CalendarYear.version + 1}, where=over
        )
        found = await self._session.scalars(
            statement.returning(CalendarYear), execution_options={"populate_existing": True}
        )
        return found.one_or_none()
