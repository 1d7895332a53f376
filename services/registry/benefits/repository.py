"""Queries over benefits, and over the tags that follow from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.base import Base
from services.registry.benefits.domain import BenefitRecord, BenefitStatus
from services.registry.benefits.models import Benefit
from services.registry.persons.models import Person
from services.registry.persons.repository.conditions import in_scope
from services.registry.persons.repository.merged import ids_of
from services.registry.tags.models import Tag
from shared.auth.scope import Scope, inside
from shared.db.compare_and_set import guarded_update

BENEFIT = Base.metadata.tables[Benefit.__tablename__]


@dataclass(frozen=True, slots=True)
class HeldTag:
    """A tag of a person, when it was entered, and when its end was, if it did not end with a life event."""

    id: UUID
    level: str | None
    started_on: date
    ended_on: date | None
    recorded_at: datetime
    end_recorded_at: datetime | None


class BenefitRepository:
    """Benefits. Whoever changes one holds the lock on its person's row; a complete list moves many without it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID) -> BenefitRecord | None:
        """A benefit by id. The caller asks the scope of its person."""
        row = (await self._session.execute(select(BENEFIT).where(BENEFIT.c.id == id))).one_or_none()
        return None if row is None else BenefitRecord(**row._mapping)

    async def of(self, person_id: UUID) -> Sequence[BenefitRecord]:
        """What lists say of a person, and of who was merged into that one, oldest first."""
        mine = BENEFIT.c.person_id.in_(ids_of([person_id]))
        rows = await self._session.execute(select(BENEFIT).where(mine).order_by(BENEFIT.c.since, BENEFIT.c.id))
        return [BenefitRecord(**row._mapping) for row in rows]

    async def of_source(self, source: str, kind: str, person_ids: Collection[UUID]) -> Mapping[UUID, BenefitRecord]:
        """The benefits of these persons by a source's lists of a kind, by person; locked."""
        mine = and_(BENEFIT.c.source == source, BENEFIT.c.kind == kind, BENEFIT.c.person_id.in_(person_ids))
        rows = await self._session.execute(select(BENEFIT).where(mine).order_by(BENEFIT.c.id).with_for_update())
        return {row.person_id: BenefitRecord(**row._mapping) for row in rows}

    async def of_person(self, person_id: UUID) -> Sequence[BenefitRecord]:
        """A person's benefits, whatever their source, oldest first."""
        mine = select(BENEFIT).where(BENEFIT.c.person_id == person_id).order_by(BENEFIT.c.id)
        return [BenefitRecord(**row._mapping) for row in await self._session.execute(mine)]

    async def locked_of(self, person_id: UUID) -> Sequence[BenefitRecord]:
        """The same, locked: a list that is complete waits, or was there before."""
        mine = select(BENEFIT).where(BENEFIT.c.person_id == person_id).order_by(BENEFIT.c.id).with_for_update()
        return [BenefitRecord(**row._mapping) for row in await self._session.execute(mine)]

    async def tags_of(self, code: str, person_ids: Collection[UUID]) -> Mapping[UUID, Sequence[HeldTag]]:
        """The tags of a code of these persons, ended ones too, oldest first."""
        statement = (
            select(
                *(Tag.person_id, Tag.id, Tag.level, Tag.started_on, Tag.ended_on, Tag.recorded_at),
                Tag.end_recorded_at,
            )
            .where(Tag.code == code, Tag.person_id.in_(person_ids))
            .order_by(Tag.started_on, Tag.id)
        )
        found: dict[UUID, list[HeldTag]] = {}
        for person_id, *values in await self._session.execute(statement):
            found.setdefault(person_id, []).append(HeldTag(*values))
        return found

    async def add(self, benefit: BenefitRecord) -> None:
        """A new benefit."""
        row = {column.name: getattr(benefit, column.name) for column in BENEFIT.c}
        await self._session.execute(insert(BENEFIT).values(**row))

    async def move(self, seen: BenefitRecord, to: BenefitRecord) -> BenefitRecord | None:
        """Compare-and-set to what `to` says; None if somebody else moved it first."""
        kept = ("id", "version", "person_id", "kind", "source", "recorded_at")
        changes = {column.name: getattr(to, column.name) for column in BENEFIT.c if column.name not in kept}
        statement = guarded_update(Benefit, seen, **changes).returning(BENEFIT)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else replace(seen, **row._mapping)

    async def hand(
        self, seen: BenefitRecord, *, person_id: UUID, tag_id: UUID, handed: Sequence[dict[str, str]]
    ) -> None:
        """To another person; the benefit is locked."""
        statement = guarded_update(Benefit, seen, person_id=person_id, tag_id=tag_id, handed=list(handed))
        (await self._session.execute(statement.returning(BENEFIT.c.id))).one()

    async def miss(self, source: str, kind: str, area: str, *, as_of: date) -> int:
        """Benefits that the source's newest list for an area has no more become `missing`; how many.

        Of the area and all that lies in it, and of an area that has ended those whose persons belong here now.
        """
        over = exists().where(Area.code == BENEFIT.c.area, Area.valid_to.is_not(None))
        here = exists().where(Person.id == BENEFIT.c.person_id, in_scope(Scope((area,))))
        statement = (
            update(BENEFIT)
            .where(
                BENEFIT.c.source == source,
                BENEFIT.c.kind == kind,
                or_(inside(BENEFIT.c.area, area), and_(over, here)),
                BENEFIT.c.status == str(BenefitStatus.HELD),
                BENEFIT.c.as_of < as_of,
            )
            .values(version=BENEFIT.c.version + 1, status=str(BenefitStatus.MISSING), missing_on=as_of)
            .returning(BENEFIT.c.id)
        )
        return len((await self._session.execute(statement)).all())

    async def page(
        self, scope: Scope, kind: str | None, status: BenefitStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[BenefitRecord]:
        """Benefits of persons in the scope, in the order of ids."""
        statement = select(BENEFIT).join(Person, Person.id == BENEFIT.c.person_id).where(_listed(scope, kind, status))
        statement = statement.order_by(BENEFIT.c.id).limit(limit)
        if after is not None:
            statement = statement.where(BENEFIT.c.id > after)
        return [BenefitRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def count(self, scope: Scope, kind: str | None, status: BenefitStatus | None) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(BENEFIT).join(Person, Person.id == BENEFIT.c.person_id)
        return await self._session.scalar(statement.where(_listed(scope, kind, status))) or 0


def _listed(scope: Scope, kind: str | None, status: BenefitStatus | None) -> ColumnElement[bool]:
    conditions = [in_scope(scope)]
    if kind is not None:
        conditions.append(BENEFIT.c.kind == kind)
    if status is not None:
        conditions.append(BENEFIT.c.status == str(status))
    return and_(*conditions)
