"""The county's calendar: which days are worked. Seeded from the committed data, replaced by each year's notice."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.calendar import repository
from services.registry.calendar.domain import check_year
from services.registry.calendar.models import CalendarYear
from shared.contracts.registry.calendar import CalendarPublished, CalendarRestated, CalendarState
from shared.messaging.outbox.writer import Outbox
from shared.reference.calendar import YearDays, provisional_year, published_years

YEARS_AHEAD = 3
"""Years without a notice that are told all the same, provisional: statutory holidays only."""


def state_of(year: CalendarYear) -> CalendarState:
    """What others may know: everything."""
    return CalendarState(
        id=str(year.year),
        version=year.version,
        year=year.year,
        holidays=tuple(year.holidays),
        working_weekends=tuple(year.working_weekends),
        provisional=year.provisional,
        source=year.source,
    )


class Calendar:
    """Use cases of the calendar."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self._years = repository.Calendar(session)
        self._outbox = outbox

    async def read(self) -> Sequence[CalendarYear]:
        """All years there are."""
        return await self._years.all()

    async def seed(self) -> int:
        """Publish the years of the committed data that are not there yet; returns how many."""
        published = published_years()
        last = published[-1].year
        known = {year.year for year in await self._years.all()}
        missing = [
            days
            for days in (*published, *(provisional_year(last + n) for n in range(1, YEARS_AHEAD + 1)))
            if days.year not in known
        ]
        for days in missing:
            await self._set(days)
        return len(missing)

    async def publish(
        self,
        year: int,
        *,
        holidays: Iterable[date],
        working_weekends: Iterable[date],
        provisional: bool,
        source: str,
    ) -> CalendarYear:
        """Set or replace a year."""
        days = YearDays(year, tuple(holidays), tuple(working_weekends), provisional, source)
        check_year(year, days.holidays, days.working_weekends)
        return await self._set(days)

    async def _set(self, days: YearDays) -> CalendarYear:
        stored = await self._years.put(
            days.year,
            holidays=days.holidays,
            working_weekends=days.working_weekends,
            provisional=days.provisional,
            source=days.source,
        )
        self._outbox.add(CalendarPublished(state=state_of(stored)))
        return stored


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[CalendarRestated]:
    """The next years again."""
    years = await repository.Calendar(session).after(int(after) if after else None, limit)
    return [CalendarRestated(state=state_of(year)) for year in years]
