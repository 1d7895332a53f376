"""Queries over the ledger."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.life_events.domain import Entry
from services.registry.postings.domain import Balance, Basis, Flow, Posted
from services.registry.postings.models import Posting
from shared.auth.scope import inside
from shared.contracts.registry.postings import Book, PostingKind, PostingState

POSTING = Base.metadata.tables[Posting.__tablename__]

MIGRATION = (PostingKind.IN, PostingKind.OUT)
TRANSFERS = (PostingKind.TRANSFER_IN, PostingKind.TRANSFER_OUT)


class PostingRepository:
    """Lines of the population ledger."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, person_id: UUID) -> Sequence[Posted]:
        """A person's lines in the order in which they were entered."""
        statement = select(POSTING).where(POSTING.c.person_id == person_id).order_by(POSTING.c.number)
        return [
            Posted(
                row.id,
                Entry(Book(row.book), PostingKind(row.kind), row.area, row.amount, row.occurred_on, row.counterpart),
                row.reverses,
            )
            for row in await self._session.execute(statement)
        ]

    async def enter(self, lines: Sequence[tuple[PostingState, str | None]]) -> None:
        """New lines, each with the other village of its transfer."""
        if not lines:
            return
        rows = [
            {
                "id": line.id,
                "person_id": line.person_id,
                "book": str(line.book),
                "kind": str(line.kind),
                "area": line.area,
                "amount": line.amount,
                "occurred_on": line.occurred_on,
                "posted_on": line.posted_on,
                "counterpart": counterpart,
                "reverses": line.reverses,
            }
            for line, counterpart in lines
        ]
        await self._session.execute(insert(POSTING), rows)

    async def balance(self, area: str, book: Book, basis: Basis, first: date, last: date) -> Balance:
        """Opening stock before `first`, and what the lines of each kind did up to `last`, both days included."""
        day = POSTING.c.posted_on if basis is Basis.POSTED else POSTING.c.occurred_on
        within = day.between(first, last)
        crossed = or_(
            POSTING.c.kind.in_(map(str, MIGRATION)),
            POSTING.c.kind.in_(map(str, TRANSFERS)) & ~inside(POSTING.c.counterpart, area),
        )
        statement = (
            select(
                POSTING.c.kind,
                func.coalesce(func.sum(POSTING.c.amount).filter(day < first), 0).label("opening"),
                func.coalesce(func.sum(POSTING.c.amount).filter(within), 0).label("amount"),
                func.coalesce(func.sum(POSTING.c.amount).filter(within & crossed), 0).label("crossing"),
                func.count().filter(within).label("lines"),
            )
            .where(POSTING.c.book == str(book), inside(POSTING.c.area, area), day <= last)
            .group_by(POSTING.c.kind)
        )
        rows = (await self._session.execute(statement)).all()
        return Balance(
            area=area,
            book=str(book),
            basis=basis,
            first=first,
            last=last,
            opening=sum(row.opening for row in rows),
            flows=tuple(
                Flow(kind=row.kind, amount=row.amount, crossing=row.crossing)
                for row in sorted(rows, key=lambda row: row.kind)
                if row.lines
            ),
        )

    async def after(self, id: UUID | None, limit: int) -> Sequence[PostingState]:
        """The next lines in id order. A line never changes: nothing has to be locked."""
        statement = select(POSTING).order_by(POSTING.c.id).limit(limit)
        if id is not None:
            statement = statement.where(POSTING.c.id > id)
        return [
            PostingState(
                id=row.id,
                version=1,
                person_id=row.person_id,
                book=Book(row.book),
                kind=PostingKind(row.kind),
                area=row.area,
                amount=row.amount,
                occurred_on=row.occurred_on,
                posted_on=row.posted_on,
                reverses=row.reverses,
            )
            for row in await self._session.execute(statement)
        ]
