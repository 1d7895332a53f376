"""Use cases of the working calendar (工作日历): shipped, renewed with our data, replaced by each year's notice."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.calendar.domain import check_source, check_year, is_ours, parted
from services.registry.calendar.models import CalendarYear
from services.registry.calendar.repository import CalendarRepository
from shared.contracts.registry.calendar import CalendarPublished, CalendarRestated, CalendarState
from shared.db.compare_and_set import Seen, require_version
from shared.errors import VersionMismatch
from shared.messaging.context import UseCaseContext
from shared.reference.calendar import YearDays, provisional_year, published_years

YEARS_AHEAD = 3
"""Years beyond the last notice that are published as provisional, with the holidays that the law itself gives."""


class CalendarFollower(Protocol):
    """Who must learn, in the same transaction, that years of the calendar were set.

    `change_calendar` comes first, before a year is locked: it waits for whoever rests on the calendar as it was.
    """

    async def change_calendar(self) -> None: ...
    async def reschedule(self, years: Collection[int]) -> int: ...


class Calendar:
    """Use cases of the calendar."""

    def __init__(self, context: UseCaseContext, followers: Sequence[CalendarFollower] = ()) -> None:
        self._followers = followers
        self._outbox = context.outbox
        self._years = CalendarRepository(context.session)

    async def read(self) -> Sequence[CalendarYear]:
        """All years, oldest first."""
        return await self._years.all()

    async def seed(self) -> int:
        """Publish the shipped years and provisional ones ahead; returns how many were missing or changed.

        A year that came from older data of ours is replaced; what a registrar published by a notice is left alone.
        """
        published = published_years()
        last = published[-1].year
        known = {year.year: year for year in await self._years.all()}
        changed = 0
        for days in (*published, *(provisional_year(last + n) for n in range(1, YEARS_AHEAD + 1))):
            seen = known.get(days.year)
            if seen is not None and not (is_ours(seen.source) and _said(seen) != _says(days)):
                continue
            await self._change()
            if seen is None:
                stored = await self._years.put_missing(days)
            else:
                stored = await self._years.put_over(days, seen.source)
            if stored is not None:
                await self._announce(stored)
                changed += 1
        return changed

    async def publish(
        self,
        year: int,
        *,
        holidays: Iterable[date],
        working_weekends: Iterable[date],
        provisional: bool,
        source: str,
        expected: Seen = None,
    ) -> CalendarYear:
        """Set or replace a year by its notice, and what the notice says of the year before.

        Raises `Invalid`, and `VersionMismatch` if the caller saw another version of the year.
        """
        holidays, working_weekends = tuple(holidays), tuple(working_weekends)
        check_year(year, holidays, working_weekends, provisional=provisional)
        check_source(source)
        off, off_before = parted(holidays, year)
        worked, worked_before = parted(working_weekends, year)
        await self._change()
        before = await self._years.carry(year - 1, off_before, worked_before)
        if before is not None:
            await self._announce(before)
        if expected is not None:
            seen = await self._years.locked(year)
            if seen is None:
                raise VersionMismatch(year)
            require_version(seen, expected)
        return await self._announce(await self._years.put(YearDays(year, off, worked, provisional, source)))

    async def _change(self) -> None:
        for follower in self._followers:
            await follower.change_calendar()

    async def _announce(self, stored: CalendarYear) -> CalendarYear:
        self._outbox.add(CalendarPublished(state=CalendarState.model_validate(stored)))
        for follower in self._followers:
            await follower.reschedule([stored.year])
        return stored


def _says(days: YearDays) -> tuple[list[date], list[date], bool]:
    return list(days.holidays), list(days.working_weekends), days.provisional


def _said(year: CalendarYear) -> tuple[list[date], list[date], bool]:
    return year.own_holidays, year.own_working_weekends, year.provisional


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[CalendarRestated]:
    """Restated facts of the next years."""
    years = await CalendarRepository(session).locked_after(int(after) if after else None, limit)
    return [CalendarRestated(state=CalendarState.model_validate(year)) for year in years]
