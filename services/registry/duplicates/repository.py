"""Queries over duplicates, and what two persons have in common by household and birth."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.registry.base import Base
from services.registry.duplicates.domain import DuplicateRecord, DuplicateStatus
from services.registry.duplicates.models import Duplicate
from services.registry.households.models import HouseholdMember
from services.registry.life_events.models import LifeEventRecord
from services.registry.persons.models import Person
from shared.auth.scope import Scope
from shared.db.compare_and_set import guarded_update

DUPLICATE = Base.metadata.tables[Duplicate.__tablename__]
_FIRST, _SECOND = aliased(Person), aliased(Person)


class DuplicateRepository:
    """Pairs. Whoever moves one holds the locks on both persons' rows."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, one: DuplicateRecord) -> bool:
        """A new pair; False if the pair is known already."""
        row = {column.name: getattr(one, column.name) for column in DUPLICATE.c}
        added = insert(DUPLICATE).values(row).on_conflict_do_nothing().returning(DUPLICATE.c.id)
        return (await self._session.execute(added)).one_or_none() is not None

    async def get(self, id: UUID) -> DuplicateRecord | None:
        """A pair by id. The caller asks the scope of both persons."""
        row = (await self._session.execute(select(DUPLICATE).where(DUPLICATE.c.id == id))).one_or_none()
        return None if row is None else DuplicateRecord(**row._mapping)

    async def of_pair(self, first: UUID, second: UUID) -> DuplicateRecord:
        """The pair of two persons that `add` found there."""
        statement = select(DUPLICATE).where(DUPLICATE.c.first_id == first, DUPLICATE.c.second_id == second)
        return DuplicateRecord(**(await self._session.execute(statement)).one()._mapping)

    async def move(self, seen: DuplicateRecord, to: DuplicateStatus, **changes: Any) -> DuplicateRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(Duplicate, seen, status=str(to), **changes).returning(DUPLICATE)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else replace(seen, **row._mapping)

    async def page(
        self, scope: Scope, status: DuplicateStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[DuplicateRecord]:
        """Pairs of which one at least is in the scope, in the order of ids."""
        statement = _of_persons(select(DUPLICATE)).where(_listed(scope, status)).order_by(DUPLICATE.c.id).limit(limit)
        if after is not None:
            statement = statement.where(DUPLICATE.c.id > after)
        return [DuplicateRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def count(self, scope: Scope, status: DuplicateStatus | None) -> int:
        """How many `page` would list in all."""
        statement = _of_persons(select(func.count()).select_from(DUPLICATE)).where(_listed(scope, status))
        return await self._session.scalar(statement) or 0

    async def share_a_household(self, first: UUID, second: UUID) -> bool:
        """Whether both belong to one household, or did."""
        one, other = aliased(HouseholdMember), aliased(HouseholdMember)
        both = and_(one.household_id == other.household_id, one.person_id == first, other.person_id == second)
        return bool(await self._session.scalar(select(exists().where(both))))

    async def share_a_parent(self, first: UUID, second: UUID) -> bool:
        """Whether the births of both name the same mother, or the same father."""
        one, other = aliased(LifeEventRecord), aliased(LifeEventRecord)
        parent = or_(one.mother_id == other.mother_id, one.father_id == other.father_id)
        both = and_(one.person_id == first, other.person_id == second, one.kind == "birth", other.kind == "birth")
        return bool(await self._session.scalar(select(exists().where(both, parent))))


def _of_persons(statement: Any) -> Any:
    joined = statement.join(_FIRST, _FIRST.id == DUPLICATE.c.first_id)
    return joined.join(_SECOND, _SECOND.id == DUPLICATE.c.second_id)


def _listed(scope: Scope, status: DuplicateStatus | None) -> ColumnElement[bool]:
    places = [place for one in (_FIRST, _SECOND) for place in (one.residence_area, one.registration_area)]
    within = scope.where(*places)
    return within if status is None else and_(within, DUPLICATE.c.status == str(status))
