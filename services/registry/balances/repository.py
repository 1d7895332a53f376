"""Queries for the population balance: sums over the ledger."""

from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.balances.domain import Balance, Basis, Flow
from services.registry.postings.models import Posting
from shared.auth.scope import inside
from shared.contracts.registry.postings import Book, PostingKind

MIGRATION = (PostingKind.IN, PostingKind.OUT)
TRANSFERS = (PostingKind.TRANSFER_IN, PostingKind.TRANSFER_OUT)


class BalanceRepository:
    """Sums of ledger lines."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def balance(self, area: str, book: Book, basis: Basis, first: date, last: date) -> Balance:
        """Opening stock before `first`, and what the lines of each kind did up to `last`, both days included."""
        day = Posting.posted_on if basis is Basis.POSTED else Posting.occurred_on
        within = day.between(first, last)
        crossed = or_(
            Posting.kind.in_(map(str, MIGRATION)),
            Posting.kind.in_(map(str, TRANSFERS)) & ~inside(Posting.counterpart, area),
        )
        statement = (
            select(
                Posting.kind,
                func.coalesce(func.sum(Posting.amount).filter(day < first), 0).label("opening"),
                func.coalesce(func.sum(Posting.amount).filter(within), 0).label("amount"),
                func.coalesce(func.sum(Posting.amount).filter(within & crossed), 0).label("crossing"),
                func.count().filter(within).label("lines"),
            )
            .where(Posting.book == str(book), inside(Posting.area, area), day <= last)
            .group_by(Posting.kind)
        )
        rows = sorted(await self._session.execute(statement), key=lambda row: row.kind)
        return Balance(
            area=area,
            book=str(book),
            basis=basis,
            first=first,
            last=last,
            opening=sum(row.opening for row in rows),
            flows=tuple(Flow(kind=row.kind, amount=row.amount, crossing=row.crossing) for row in rows if row.lines),
        )
