"""Queries over the population ledger."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.life_events.domain import Entry
from services.registry.postings.domain import Posted
from services.registry.postings.models import Posting
from shared.auth.scope import Scope
from shared.contracts.registry.postings import Book, PostingKind, PostingMark, PostingState
from shared.db.session import rows_of

POSTING = Base.metadata.tables[Posting.__tablename__]


class PostingRepository:
    """Lines of the population ledger."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, person_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Posted]]:
        """The lines of each of these persons in the order in which they were entered."""
        statement = select(POSTING).where(POSTING.c.person_id.in_(person_ids)).order_by(POSTING.c.number)
        found: dict[UUID, list[Posted]] = {one: [] for one in person_ids}
        for row in await self._session.execute(statement):
            found[row.person_id].append(_posted(row))
        return found

    async def counted_since(self, villages: Collection[str], day: date) -> Collection[UUID]:
        """Persons of whom a line in the book of one of these villages says something that happened after the day."""
        lines = (POSTING.c.book.in_([*map(str, Book)]), POSTING.c.area.in_(villages), POSTING.c.occurred_on > day)
        statement = select(POSTING.c.person_id).where(*lines)
        return set((await self._session.scalars(statement)).all())

    def enter(
        self, lines: Sequence[PostingState], counterparts: Sequence[str | None], elsewhere: Sequence[bool]
    ) -> None:
        """New lines; in the same order the other village of each that is half of a transfer, and who was outside.

        Inserted with the transaction's last statement.
        """
        rows_of(self._session).add(
            POSTING,
            [
                posting_row(line, counterpart=counterpart, elsewhere=outside)
                for line, counterpart, outside in zip(lines, counterparts, elsewhere, strict=True)
            ],
        )

    async def page(
        self,
        scope: Scope,
        book: Book,
        *,
        first: date,
        last: date,
        elsewhere: bool | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Posting]:
        """Lines of a book that were entered from the first to the last day, both included, in the order of ids."""
        statement = (
            select(Posting)
            .where(scope.where(Posting.area), Posting.book == str(book), Posting.posted_on.between(first, last))
            .order_by(Posting.id)
            .limit(limit)
        )
        if elsewhere is not None:
            statement = statement.where(Posting.elsewhere.is_(elsewhere))
        if after is not None:
            statement = statement.where(Posting.id > after)
        return (await self._session.scalars(statement)).all()

    async def after(self, id: UUID | None, limit: int) -> Sequence[Posting]:
        """The next lines by id."""
        statement = select(Posting).order_by(Posting.id).limit(limit)
        if id is not None:
            statement = statement.where(Posting.id > id)
        return (await self._session.scalars(statement)).all()


def _posted(row: Row[Any]) -> Posted:
    return Posted(
        id=row.id,
        entry=Entry(
            book=Book(row.book),
            kind=PostingKind(row.kind),
            area=row.area,
            amount=row.amount,
            occurred_on=row.occurred_on,
            counterpart=row.counterpart,
            marks=tuple(PostingMark(mark) for mark in row.marks),
        ),
        reverses=row.reverses,
        elsewhere=row.elsewhere,
        late_on=row.late_on,
    )


def posting_row(line: PostingState, *, counterpart: str | None = None, elsewhere: bool = False) -> Mapping[str, Any]:
    """A line column by column. Not announced: the other village of a transfer, and whether it came from outside."""
    row = {**vars(line), "counterpart": counterpart, "elsewhere": elsewhere}
    del row["version"]
    row["marks"] = [str(mark) for mark in line.marks]
    return row
