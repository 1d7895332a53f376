"""Queries over discrepancies, and the comparison that finds them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.balances.repository import counts_on
from services.registry.base import Base
from services.registry.book_closings.domain import last_day
from services.registry.book_closings.repository import CARRIED, BookClosingRepository
from services.registry.discrepancies.domain import Difference, DiscrepancyRecord, DiscrepancyStatus
from services.registry.discrepancies.models import Discrepancy
from services.registry.persons.models import Person
from services.registry.persons.repository.conditions import stands_in
from services.registry.postings.models import Posting
from shared.auth.scope import Scope, inside
from shared.contracts.registry.postings import Book
from shared.db.compare_and_set import guarded_update
from shared.reference.areas import VILLAGE_DIGITS

DISCREPANCY = Base.metadata.tables[Discrepancy.__tablename__]


class DiscrepancyRepository:
    """Discrepancies."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def differences(self, area: str | None) -> Sequence[Difference]:
        """Where ledger and persons do not agree, inside an area or everywhere, by village and book.

        One statement, so that both are seen at the same moment: a move committed meanwhile is in both or in none.
        """
        ledger = _within(
            select(Posting.area, Posting.book, func.sum(Posting.amount).label("number")), Posting.area, area
        )
        booked = ledger.group_by(Posting.area, Posting.book).subquery("booked")
        counted = union_all(*(_stock(book, area) for book in Book)).subquery("counted")
        rows = await self._session.execute(_compared(booked, counted))
        return [Difference(**row._mapping) for row in rows]

    async def bent(self, area: str | None) -> Sequence[Difference]:
        """Where the lines of a closed month say another number than what was frozen, by village and book.

        The last closed month of each area tells of those before it: numbers are carried from one to the next.
        """
        found: dict[tuple[str, str, str], Difference] = {}
        for closing in await BookClosingRepository(self._session).last_in_force(area):
            booked = _within(
                select(Posting.area, Posting.book, func.sum(Posting.amount).label("number")).where(
                    inside(Posting.area, closing.area), counts_on <= last_day(closing.month)
                ),
                Posting.area,
                area,
            )
            frozen = _within(
                select(CARRIED.c.area, CARRIED.c.book, CARRIED.c.closing.label("number")).where(
                    CARRIED.c.closing_id == closing.id
                ),
                CARRIED.c.area,
                area,
            )
            statement = _compared(
                booked.group_by(Posting.area, Posting.book).subquery("booked"), frozen.subquery("counted")
            )
            for row in await self._session.execute(statement):
                difference = Difference(**row._mapping, month=closing.month)
                found[difference.area, difference.book, closing.month] = difference
        return list(found.values())

    async def at_work_locked(self, area: str | None) -> Sequence[DiscrepancyRecord]:
        """Those that are open or explained, inside an area or everywhere, locked."""
        statement = select(DISCREPANCY).where(DISCREPANCY.c.status != str(DiscrepancyStatus.GONE))
        statement = _within(statement, DISCREPANCY.c.area, area).order_by(DISCREPANCY.c.id).with_for_update()
        return [DiscrepancyRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def get(self, id: UUID) -> DiscrepancyRecord | None:
        """A discrepancy by id. The caller asks the scope."""
        row = (await self._session.execute(select(DISCREPANCY).where(DISCREPANCY.c.id == id))).one_or_none()
        return None if row is None else DiscrepancyRecord(**row._mapping)

    async def add(self, one: DiscrepancyRecord) -> None:
        """A new one, unless another check has just found the same."""
        row = {column.name: getattr(one, column.name) for column in DISCREPANCY.c}
        await self._session.execute(insert(DISCREPANCY).values(row).on_conflict_do_nothing())

    async def move(self, seen: DiscrepancyRecord, to: DiscrepancyStatus, **changes: Any) -> DiscrepancyRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(Discrepancy, seen, status=str(to), **changes).returning(DISCREPANCY)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else replace(seen, **row._mapping)

    async def page(
        self, scope: Scope, status: DiscrepancyStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[DiscrepancyRecord]:
        """Discrepancies in the scope, in the order of ids."""
        statement = select(DISCREPANCY).where(_listed(scope, status)).order_by(DISCREPANCY.c.id).limit(limit)
        if after is not None:
            statement = statement.where(DISCREPANCY.c.id > after)
        return [DiscrepancyRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def count(self, scope: Scope, status: DiscrepancyStatus | None) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(DISCREPANCY).where(_listed(scope, status))
        return await self._session.scalar(statement) or 0


def _compared(booked: Any, counted: Any) -> Select[Any]:
    """Where two sums by village and book are not equal."""
    same = and_(booked.c.area == counted.c.area, booked.c.book == counted.c.book)
    said, stood = func.coalesce(booked.c.number, 0), func.coalesce(counted.c.number, 0)
    place, book = (func.coalesce(booked.c[name], counted.c[name]).label(name) for name in ("area", "book"))
    return (
        select(place, book, said.label("ledger"), stood.label("stock"))
        .select_from(booked.join(counted, same, full=True))
        .where(said != stood)
        .order_by(place, book)
    )


def _stock(book: Book, area: str | None) -> Select[Any]:
    place = Person.residence_area if book is Book.RESIDENCE else Person.registration_area
    village = func.left(place, VILLAGE_DIGITS)
    statement = select(village.label("area"), literal(str(book)).label("book"), func.count().label("number"))
    return _within(statement.where(stands_in(book)), place, area).group_by(village)


def _within(statement: Select[Any], column: Any, area: str | None) -> Select[Any]:
    return statement if area is None else statement.where(inside(column, area))


def _listed(scope: Scope, status: DiscrepancyStatus | None) -> ColumnElement[bool]:
    within = scope.where(DISCREPANCY.c.area)
    return within if status is None else and_(within, DISCREPANCY.c.status == str(status))
