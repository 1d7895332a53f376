"""Queries for the population balance: sums over the ledger."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.balances.domain import Balance, Basis, Flow
from services.registry.book_closings.domain import Carried
from services.registry.postings.models import Posting
from shared.auth.scope import inside
from shared.contracts.registry.postings import Book, PostingKind

MIGRATION = (PostingKind.IN, PostingKind.OUT)
TRANSFERS = (PostingKind.TRANSFER_IN, PostingKind.TRANSFER_OUT)
counts_on = func.coalesce(Posting.late_on, Posting.occurred_on)
"""The day on which a line counts in books that close."""


class BalanceRepository:
    """Sums of ledger lines."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def balance(self, area: str, book: Book, basis: Basis, first: date, last: date) -> Balance:
        """Opening stock before `first`, and what the lines of each kind did up to `last`, both days included."""
        found = await self._balances(area, len(area), None, book, basis, first, last)
        empty = Balance(area=area, book=str(book), basis=basis, first=first, last=last, opening=0, flows=())
        return found[0] if found else empty

    async def parts(
        self,
        area: str,
        digits: int,
        book: Book,
        basis: Basis,
        first: date,
        last: date,
        *,
        after: str | None,
        limit: int,
    ) -> Sequence[Balance]:
        """The same of each part of an area that has lines up to the last day, in the order of codes."""
        part = func.left(Posting.area, digits)
        lines = and_(Posting.book == str(book), inside(Posting.area, area), _day(basis) <= last)
        statement = select(part).where(lines).distinct().order_by(part).limit(limit)
        if after is not None:
            statement = statement.where(part > after)
        codes = (await self._session.scalars(statement)).all()
        return await self._balances(area, digits, codes, book, basis, first, last) if codes else []

    async def carried(self, area: str, first: date, last: date) -> Sequence[Carried]:
        """By village and book: persons before the first day and after the last, as the lines count."""
        statement = (
            select(
                Posting.area,
                Posting.book,
                func.coalesce(func.sum(Posting.amount).filter(counts_on < first), 0).label("opening"),
                func.sum(Posting.amount).label("closing"),
            )
            .where(inside(Posting.area, area), counts_on <= last)
            .group_by(Posting.area, Posting.book)
        )
        return [Carried(**row._mapping) for row in await self._session.execute(statement)]

    async def _balances(
        self,
        area: str,
        digits: int,
        codes: Sequence[str] | None,
        book: Book,
        basis: Basis,
        first: date,
        last: date,
    ) -> Sequence[Balance]:
        part, day = func.left(Posting.area, digits).label("part"), _day(basis)
        statement = (
            select(part, Posting.kind, *_sums(part, day, first, last))
            .where(Posting.book == str(book), inside(Posting.area, area), day <= last)
            .group_by(part, Posting.kind)
            .order_by(part, Posting.kind)
        )
        if codes is not None:
            statement = statement.where(func.left(Posting.area, digits).in_(codes))
        found: dict[str, Balance] = {}
        for row in await self._session.execute(statement):
            empty = Balance(area=row.part, book=str(book), basis=basis, first=first, last=last, opening=0, flows=())
            before = found.get(row.part, empty)
            flow = Flow(kind=row.kind, amount=row.amount, crossing=row.crossing, late=row.late)
            flows = (*before.flows, flow) if row.lines else before.flows
            found[row.part] = replace(before, opening=before.opening + row.opening, flows=flows)
        return list(found.values())


def _day(basis: Basis) -> Any:
    match basis:
        case Basis.POSTED:
            return Posting.posted_on
        case Basis.OCCURRED:
            return Posting.occurred_on
        case Basis.BOOKED:
            return counts_on


def _sums(part: ColumnElement[str], day: Any, first: date, last: date) -> Sequence[ColumnElement[Any]]:
    within = day.between(first, last)
    border = func.left(Posting.counterpart, func.length(part)) != part
    crossed = or_(Posting.kind.in_(map(str, MIGRATION)), Posting.kind.in_(map(str, TRANSFERS)) & border)
    late = Posting.late_on.is_not(None)

    def total(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(Posting.amount).filter(condition), 0).label(name)

    return (
        total(day < first, "opening"),
        total(within, "amount"),
        total(within & crossed, "crossing"),
        total(within & late, "late"),
        func.count().filter(within).label("lines"),
    )
