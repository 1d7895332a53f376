"""Every query about visit rules."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.visit_rules.domain import VisitRules, VisitRuleTerms
from services.grid.visit_rules.models import VisitRule


class VisitRuleRepository:
    """Rules by the tag that they are for."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, rule: VisitRule) -> None:
        self._session.add(rule)
        await self._session.flush()

    async def locked(self, id: UUID) -> VisitRule | None:
        return await self._session.get(VisitRule, id, with_for_update=True, populate_existing=True)

    async def in_force(self, day: date) -> VisitRules:
        """The rules that hold on a day; of two for one tag and level the one that began last."""
        holds = VisitRule.valid_from <= day, or_(VisitRule.valid_to.is_(None), VisitRule.valid_to > day)
        rows = await self._session.scalars(select(VisitRule).where(*holds).order_by(VisitRule.valid_from, VisitRule.id))
        return VisitRules({(row.tag_code, row.level): terms_of(row) for row in rows})

    async def page(self, tag_code: str | None, *, after: UUID | None, limit: int) -> Sequence[VisitRule]:
        """Rules by id, ended ones too."""
        statement = select(VisitRule).where(_of(tag_code)).order_by(VisitRule.id).limit(limit)
        if after is not None:
            statement = statement.where(VisitRule.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, tag_code: str | None) -> int:
        """How many `page` gives in all."""
        return (await self._session.scalar(select(func.count(VisitRule.id)).where(_of(tag_code)))) or 0


def terms_of(rule: VisitRule) -> VisitRuleTerms:
    """What a rule says."""
    return VisitRuleTerms(
        every_days=rule.every_days,
        first_within_days=rule.first_within_days,
        missed_after_days=rule.missed_after_days,
        missed_category=rule.missed_category,
        ledger=rule.ledger,
    )


def _of(tag_code: str | None) -> ColumnElement[bool]:
    return true() if tag_code is None else VisitRule.tag_code == tag_code
