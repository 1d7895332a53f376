"""Queries over warning rules."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.base import Base
from services.services_hall.case_warnings.domain import WarningRule, WarningRuleStatus
from services.services_hall.case_warnings.models import WarningRuleRow
from shared.db.compare_and_set import guarded_update

RULE = Base.metadata.tables[WarningRuleRow.__tablename__]


class WarningRuleRepository:
    """Rules of the county. They are few."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[WarningRule]:
        """Every one, withdrawn ones too, by metric and level."""
        rows = await self._session.execute(select(RULE).order_by(RULE.c.metric, RULE.c.level, RULE.c.id))
        return [WarningRule(**row._mapping) for row in rows]

    async def in_force(self, day: date) -> Sequence[WarningRule]:
        """Those that hold on a day."""
        return [one for one in await self.all() if one.status == WarningRuleStatus.SET and one.effective_on <= day]

    async def get(self, id: UUID) -> WarningRule | None:
        row = (await self._session.execute(select(RULE).where(RULE.c.id == id))).one_or_none()
        return None if row is None else WarningRule(**row._mapping)

    async def add(self, rule: WarningRule) -> None:
        """A new one, inserted at once: a second one of a metric and level is refused by the table."""
        await self._session.execute(insert(RULE).values(asdict(rule)))

    async def move(self, seen: WarningRule, **changes: Any) -> WarningRule | None:
        """Compare-and-set; None if somebody else moved it first."""
        row = (
            await self._session.execute(guarded_update(WarningRuleRow, seen, **changes).returning(RULE))
        ).one_or_none()
        return None if row is None else WarningRule(**row._mapping)
