"""Queries over the population ledger."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.life_events.domain import Entry
from services.registry.postings.domain import Posted
from services.registry.postings.models import Posting
from shared.contracts.registry.postings import Book, PostingKind, PostingState

POSTING = Base.metadata.tables[Posting.__tablename__]


class PostingRepository:
    """Lines of the population ledger."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, person_id: UUID) -> Sequence[Posted]:
        """A person's lines in the order in which they were entered."""
        statement = select(POSTING).where(POSTING.c.person_id == person_id).order_by(POSTING.c.number)
        return [
            Posted(
                id=row.id,
                entry=Entry(
                    book=Book(row.book),
                    kind=PostingKind(row.kind),
                    area=row.area,
                    amount=row.amount,
                    occurred_on=row.occurred_on,
                    counterpart=row.counterpart,
                ),
                reverses=row.reverses,
            )
            for row in await self._session.execute(statement)
        ]

    async def enter(self, lines: Sequence[PostingState], counterparts: Sequence[str | None]) -> None:
        """New lines, and in the same order the other village of each that is half of a transfer."""
        rows = [
            {**line.model_dump(exclude={"version"}), "counterpart": counterpart}
            for line, counterpart in zip(lines, counterparts, strict=True)
        ]
        if rows:
            await self._session.execute(insert(POSTING), rows)

    async def after(self, id: UUID | None, limit: int) -> Sequence[Posting]:
        """The next lines by id."""
        statement = select(Posting).order_by(Posting.id).limit(limit)
        if id is not None:
            statement = statement.where(Posting.id > id)
        return (await self._session.scalars(statement)).all()
