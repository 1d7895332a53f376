"""Versions of rows that are undone step by step: what a row was from each step on, and what an undo brings back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column


class RowVersionColumns:
    """What a row was from a step on. Its table is append-only, its key begins with the id of the row.

    `before`: the version that an undo brings back; null for what was entered. `content`: the columns that are recorded.
    `done_by`: whose step it was; null for what followed from something else.
    """

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=1)
    step: Mapped[str]
    before: Mapped[int | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    done_by: Mapped[str | None]
    done_at: Mapped[datetime]


V = TypeVar("V", bound=RowVersionColumns)


class RowVersionRepository(Generic[V]):
    """Versions of the rows of one table. `row`: the column with the id of the row."""

    def __init__(self, session: AsyncSession, table: type[V], row: InstrumentedAttribute[UUID]) -> None:
        self._session = session
        self._table = table
        self._row = row

    async def record(self, row: UUID, **values: Any) -> None:
        """What the row is from now on."""
        await self._session.execute(insert(self._table), [{self._row.key: row, **values}])

    async def get(self, row: UUID, version: int) -> V:
        """What the row was at a version that it had."""
        found = await self._session.get(self._table, {self._row.key: row, "version": version})
        assert found is not None, "every version is recorded"
        return found

    async def before(self, row: UUID, version: int) -> V | None:
        """What an undo of the step that led to a version brings back; None if it was the first."""
        last = await self.get(row, version)
        return None if last.before is None else await self.get(row, last.before)

    async def page(self, row: UUID, *, after: int, limit: int) -> Sequence[V]:
        """The versions of a row, the first one first."""
        statement = select(self._table).where(self._row == row, self._table.version > after)
        return (await self._session.scalars(statement.order_by(self._table.version).limit(limit))).all()
