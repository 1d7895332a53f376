"""Queries over reversals of life events."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.life_events.domain import ReversalStatus
from services.registry.life_events.models import LifeEventRecord, Reversal
from services.registry.life_events.repository import REVERSAL
from services.registry.persons.models import Person
from services.registry.reversals.domain import ReversalRecord
from shared.auth.scope import Scope
from shared.db.compare_and_set import guarded_update

_ALL = (
    select(REVERSAL, LifeEventRecord.kind, LifeEventRecord.occurred_on)
    .join(LifeEventRecord, LifeEventRecord.id == REVERSAL.c.event_id)
    .join(Person, Person.id == REVERSAL.c.person_id)
)


class ReversalRepository:
    """Reversals. Whoever moves one holds the lock on its person's row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, reversal: ReversalRecord) -> None:
        """A new one."""
        row = {column.name: getattr(reversal, column.name) for column in REVERSAL.c}
        await self._session.execute(insert(REVERSAL).values(row))

    async def get(self, id: UUID) -> ReversalRecord | None:
        """A reversal by id. The caller asks the scope of its person."""
        row = (await self._session.execute(_ALL.where(REVERSAL.c.id == id))).one_or_none()
        return None if row is None else ReversalRecord(**row._mapping)

    async def move(self, seen: ReversalRecord, to: ReversalStatus, **changes: Any) -> ReversalRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(Reversal, seen, status=str(to), **changes).returning(REVERSAL)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else replace(seen, **row._mapping)

    async def page(
        self, scope: Scope, status: ReversalStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[ReversalRecord]:
        """Reversals of persons in the scope, in the order of ids."""
        statement = _ALL.where(_listed(scope, status)).order_by(REVERSAL.c.id).limit(limit)
        if after is not None:
            statement = statement.where(REVERSAL.c.id > after)
        return [ReversalRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def count(self, scope: Scope, status: ReversalStatus | None) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(REVERSAL).join(Person, Person.id == REVERSAL.c.person_id)
        return await self._session.scalar(statement.where(_listed(scope, status))) or 0


def _listed(scope: Scope, status: ReversalStatus | None) -> ColumnElement[bool]:
    within = scope.where(Person.residence_area, Person.registration_area)
    return within if status is None else and_(within, REVERSAL.c.status == str(status))
