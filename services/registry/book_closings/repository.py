"""Queries over closed months, and the day up to which the books of an area are closed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, and_, func, insert, or_, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.base import Base
from services.registry.book_closings.domain import Carried, CarriedTotal, ClosingRecord, last_day
from services.registry.book_closings.models import BookCarried, BookClosing
from shared.auth.scope import Scope, inside
from shared.db.compare_and_set import guarded_update
from shared.errors import Unavailable

CLOSING = Base.metadata.tables[BookClosing.__tablename__]
CARRIED = Base.metadata.tables[BookCarried.__tablename__]
TRIES = 25
_PATIENCE = text("SET LOCAL lock_timeout = '200ms'")


class BookClosingRepository:
    """Closed months. `closed_until` of an area's row is that of the area and of those above it, whichever is later."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hold(self, area: str) -> None:
        """Wait for all who enter lines into the books of an area, and keep others out until the transaction ends.

        Whoever enters a line holds the villages' rows, some of them one after the other: so the wait for one is short,
        and all are let go and asked for again. Raises `Unavailable` if that never succeeds.
        """
        locked = select(Area.code).where(inside(Area.code, area)).order_by(Area.code).with_for_update()
        for _ in range(TRIES):
            try:
                async with self._session.begin_nested():
                    await self._session.execute(_PATIENCE)
                    await self._session.execute(locked)
                    return
            except DBAPIError as error:
                if not isinstance(getattr(error.orig, "__cause__", None), asyncpg.LockNotAvailableError):
                    raise
            await asyncio.sleep(0.05)
        raise Unavailable(retry_after=5)

    async def closed_until(self, area: str) -> date | None:
        """The last day of the last month that is closed for an area or one above it; None if there is none."""
        return (await self.all_closed_until([area]))[area]

    async def all_closed_until(self, areas: Sequence[str]) -> Mapping[str, date | None]:
        """The same of several areas, in one statement."""
        codes = {code for area in areas for code in above(area)}
        statement = select(Area.code, Area.closed_until).where(Area.code.in_(codes), Area.closed_until.is_not(None))
        until = {row.code: row.closed_until for row in await self._session.execute(statement)}
        return {area: max((until[one] for one in above(area) if one in until), default=None) for area in areas}

    async def closed_above(self, area: str, month: str) -> bool:
        """Whether an area above has closed a month."""
        statement = select(CLOSING.c.id).where(
            CLOSING.c.area.in_(above(area)), CLOSING.c.area != area, CLOSING.c.month == month, _IN_FORCE
        )
        return await self._session.scalar(statement.limit(1)) is not None

    async def add(self, closing: ClosingRecord, carried: Sequence[Carried]) -> None:
        """A closed month and what is carried through it; the rows of the area are held."""
        row = {column.name: getattr(closing, column.name) for column in CLOSING.c}
        await self._session.execute(insert(CLOSING).values(row))
        rows = [
            {
                "closing_id": closing.id,
                "area": one.area,
                "book": one.book,
                "opening": one.opening,
                "closing": one.closing,
            }
            for one in carried
        ]
        if rows:
            await self._session.execute(insert(CARRIED), rows)
        await self._settle(closing.area)

    async def reopen(self, seen: ClosingRecord, **changes: Any) -> ClosingRecord | None:
        """Compare-and-set; None if somebody else moved it first. The rows of the area are held."""
        statement = guarded_update(BookClosing, seen, **changes).returning(CLOSING)
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            return None
        await self._settle(seen.area)
        return replace(seen, **row._mapping)

    async def get(self, id: UUID) -> ClosingRecord | None:
        """A closing by id. The caller asks the scope."""
        row = (await self._session.execute(select(CLOSING).where(CLOSING.c.id == id))).one_or_none()
        return None if row is None else ClosingRecord(**row._mapping)

    async def page(self, scope: Scope, month: str | None, *, after: UUID | None, limit: int) -> Sequence[ClosingRecord]:
        """Closings in the scope, the latest first; reopened ones among them."""
        statement = select(CLOSING).where(_listed(scope, month)).order_by(CLOSING.c.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(CLOSING.c.id < after)
        return [ClosingRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def count(self, scope: Scope, month: str | None) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(CLOSING).where(_listed(scope, month))
        return await self._session.scalar(statement) or 0

    async def carried(self, id: UUID) -> Sequence[CarriedTotal]:
        """What was frozen, added up by book."""
        statement = (
            select(CARRIED.c.book, func.sum(CARRIED.c.opening), func.sum(CARRIED.c.closing))
            .where(CARRIED.c.closing_id == id)
            .group_by(CARRIED.c.book)
            .order_by(CARRIED.c.book)
        )
        return [
            CarriedTotal(book, int(opened), int(closed))
            for book, opened, closed in await self._session.execute(statement)
        ]

    async def last_in_force(self, area: str | None) -> Sequence[ClosingRecord]:
        """The last closed month of each area that lies in an area, or in which it lies; of each if None."""
        statement = select(CLOSING).where(_IN_FORCE).distinct(CLOSING.c.area)
        if area is not None:
            statement = statement.where(or_(inside(CLOSING.c.area, area), CLOSING.c.area.in_(above(area))))
        rows = await self._session.execute(statement.order_by(CLOSING.c.area, CLOSING.c.month.desc()))
        return [ClosingRecord(**row._mapping) for row in rows]

    async def _settle(self, area: str) -> None:
        """Write to every row of the area up to when it is closed: whoever has read one of them before reads again."""
        months = select(CLOSING.c.area, func.max(CLOSING.c.month)).where(
            _IN_FORCE, or_(inside(CLOSING.c.area, area), CLOSING.c.area.in_(above(area)))
        )
        closed = await self._session.execute(months.group_by(CLOSING.c.area))
        last = {code: last_day(month) for code, month in closed}
        rows = await self._session.scalars(select(Area.code).where(inside(Area.code, area)))
        by_day: dict[date | None, list[str]] = {}
        for code in rows:
            until = max((last[one] for one in above(code) if one in last), default=None)
            by_day.setdefault(until, []).append(code)
        for until, codes in by_day.items():
            changes = {"closed_until": until, "version": Area.version + 1}
            await self._session.execute(update(Area).where(Area.code.in_(codes)).values(changes))


_IN_FORCE = CLOSING.c.reopened_at.is_(None)


def above(area: str) -> Sequence[str]:
    """An area's code and those of all that it lies in."""
    return [area[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(area)]


def _listed(scope: Scope, month: str | None) -> ColumnElement[bool]:
    within = scope.where(CLOSING.c.area)
    return within if month is None else and_(within, CLOSING.c.month == month)
