"""Every query about rules of escalation."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.escalation_rules.domain import RuleStatus
from services.grid.escalation_rules.models import EscalationRule


class EscalationRuleRepository:
    """Rules by id."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, rule: EscalationRule) -> None:
        self._session.add(rule)

    async def flush(self) -> None:
        """Write what was changed, so that the database refuses it now if it does."""
        await self._session.flush()

    async def get(self, id: UUID) -> EscalationRule | None:
        return await self._session.get(EscalationRule, id)

    async def locked(self, id: UUID) -> EscalationRule | None:
        return await self._session.get(EscalationRule, id, with_for_update=True, populate_existing=True)

    async def in_force(self) -> Sequence[EscalationRule]:
        """Rules that fire, the lowest level first; held as they are until the transaction ends."""
        statement = select(EscalationRule).where(EscalationRule.status == RuleStatus.IN_FORCE)
        statement = statement.order_by(EscalationRule.level, EscalationRule.id).with_for_update(read=True)
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def page(self, status: RuleStatus | None, *, after: UUID | None, limit: int) -> Sequence[EscalationRule]:
        """Rules, the oldest first."""
        statement = select(EscalationRule).order_by(EscalationRule.id).limit(limit)
        if status is not None:
            statement = statement.where(EscalationRule.status == status)
        if after is not None:
            statement = statement.where(EscalationRule.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, status: RuleStatus | None) -> int:
        """How many `page` gives in all."""
        statement = select(func.count()).select_from(EscalationRule)
        if status is not None:
            statement = statement.where(EscalationRule.status == status)
        return (await self._session.scalar(statement)) or 0
