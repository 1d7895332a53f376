"""Queries over the retention rules of a service."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.compare_and_set import guarded_update
from shared.retentions.rules import RetentionRule


class RetentionRepository:
    """Rules that the county has set; `row`: the service's class of rows, with `RetentionRuleColumns`."""

    def __init__(self, session: AsyncSession, row: Any) -> None:
        self._session = session
        self._row = row
        self._table = row.__table__

    async def all(self) -> Sequence[RetentionRule]:
        """Every one, withdrawn ones too, by kind and day."""
        rule = self._table.c
        rows = await self._session.execute(select(self._table).order_by(rule.kind, rule.effective_on, rule.id))
        return [RetentionRule(**row._mapping) for row in rows]

    async def get(self, id: UUID) -> RetentionRule | None:
        """One by id."""
        row = (await self._session.execute(select(self._table).where(self._table.c.id == id))).one_or_none()
        return None if row is None else RetentionRule(**row._mapping)

    async def add(self, rule: RetentionRule) -> None:
        """A new one, inserted at once: a second one of the day is refused by the table."""
        await self._session.execute(insert(self._table).values(asdict(rule)))

    async def move(self, seen: RetentionRule, **changes: Any) -> RetentionRule | None:
        """Compare-and-set; None if somebody else moved it first."""
        statement = guarded_update(self._row, seen, **changes).returning(self._table)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else RetentionRule(**row._mapping)
