"""Queries over retention rules."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.retentions.domain import RetentionRule
from services.registry.retentions.models import RetentionRuleRow
from shared.db.compare_and_set import guarded_update

RULE = Base.metadata.tables[RetentionRuleRow.__tablename__]


class RetentionRepository:
    """Rules that the county has set."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[RetentionRule]:
        """Every one, withdrawn ones too, by kind and day."""
        rows = await self._session.execute(select(RULE).order_by(RULE.c.kind, RULE.c.effective_on, RULE.c.id))
        return [RetentionRule(**row._mapping) for row in rows]

    async def get(self, id: UUID) -> RetentionRule | None:
        """One by id."""
        row = (await self._session.execute(select(RULE).where(RULE.c.id == id))).one_or_none()
        return None if row is None else RetentionRule(**row._mapping)

    async def add(self, rule: RetentionRule) -> None:
        """A new one, inserted at once: a second one of the day is refused by the table."""
        await self._session.execute(insert(RULE).values(asdict(rule)))

    async def move(self, seen: RetentionRule, **changes: Any) -> RetentionRule | None:
        """Compare-and-set; None if somebody else moved it first."""
        statement = guarded_update(RetentionRuleRow, seen, **changes).returning(RULE)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else RetentionRule(**row._mapping)
