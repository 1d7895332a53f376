"""Queries over circumstances."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.registry.circumstances.domain.kinds import KINDS, PLAIN, SENSITIVE, CircumstanceGroup, of_group
from services.registry.circumstances.domain.rules import WITHDRAWN, CircumstanceFilter, CircumstanceRecord
from services.registry.circumstances.models import Circumstance
from services.registry.persons.domain import PersonRecord
from services.registry.persons.models import Person
from services.registry.persons.repository.conditions import in_scope
from services.registry.persons.repository.persons import PersonRepository
from services.registry.verifications.domain import Freshness
from shared.auth.scope import Scope
from shared.contracts.registry.persons import PersonStatus
from shared.db.compare_and_set import guarded_update

COLUMNS = tuple(getattr(Circumstance, field.name) for field in fields(CircumstanceRecord))
_PERSONS_AREA = func.coalesce(Person.residence_area, Person.registration_area)


@dataclass(frozen=True, slots=True)
class Seen:
    """Who may see what: the scope of plain kinds, and the scope of sensitive ones."""

    plain: Scope
    sensitive: Scope

    def of(self, kind: str) -> Scope:
        """The scope of a kind."""
        return self.sensitive if KINDS[kind].sensitive else self.plain


@dataclass(frozen=True, slots=True)
class Located:
    """An entry, and the area of its person that the access log names."""

    entry: CircumstanceRecord
    area: str


@dataclass(frozen=True, slots=True)
class OfPerson:
    """An entry with its person."""

    entry: CircumstanceRecord
    person: PersonRecord


class CircumstanceRepository:
    """Circumstances. Whoever changes one holds the lock on its person's row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, entries: Sequence[CircumstanceRecord]) -> None:
        """New ones."""
        if entries:
            rows = [{column.key: getattr(one, column.key) for column in COLUMNS} for one in entries]
            await self._session.execute(insert(Circumstance), rows)

    async def get(self, id: UUID) -> CircumstanceRecord | None:
        """One by id. The caller asks the scope of its person."""
        row = (await self._session.execute(select(*COLUMNS).where(Circumstance.id == id))).one_or_none()
        return None if row is None else CircumstanceRecord(**row._mapping)

    async def all_of(self, ids: Collection[UUID]) -> Sequence[CircumstanceRecord]:
        """Those of these that exist, in the order of ids."""
        statement = select(*COLUMNS).where(Circumstance.id.in_(ids)).order_by(Circumstance.id)
        return [CircumstanceRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def of(self, person_id: UUID) -> Sequence[CircumstanceRecord]:
        """A person's, the earliest first, withdrawn ones too."""
        statement = select(*COLUMNS).where(Circumstance.person_id == person_id)
        rows = await self._session.execute(statement.order_by(Circumstance.began_on, Circumstance.id))
        return [CircumstanceRecord(**row._mapping) for row in rows]

    async def started_by(self, event_id: UUID) -> Sequence[CircumstanceRecord]:
        """Those that were handed over with a merge, ended ones too."""
        statement = select(*COLUMNS).where(Circumstance.started_by == event_id).order_by(Circumstance.id)
        return [CircumstanceRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def change(self, seen: CircumstanceRecord, **changes: Any) -> CircumstanceRecord | None:
        """Compare-and-set on version and status; None if somebody else changed it since it was seen."""
        statement = guarded_update(Circumstance, seen, **changes).returning(*COLUMNS)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else CircumstanceRecord(**row._mapping)

    async def page(
        self,
        seen: Seen,
        within: Scope,
        wanted: CircumstanceFilter,
        day: date,
        freshness: Freshness,
        *,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Located]:
        """Entries of persons in scope and `within` an area, by id; `day`: today; `freshness`: what is due."""
        statement = select(*COLUMNS, _PERSONS_AREA.label("area")).join(Person, Person.id == Circumstance.person_id)
        listed = _listed(seen, within, wanted, day, freshness)
        statement = statement.where(listed).order_by(Circumstance.id).limit(limit)
        if after is not None:
            statement = statement.where(Circumstance.id > after)
        found = []
        for row in await self._session.execute(statement):
            values = dict(row._mapping)
            found.append(Located(area=values.pop("area"), entry=CircumstanceRecord(**values)))
        return found

    async def count(
        self, seen: Seen, within: Scope, wanted: CircumstanceFilter, day: date, freshness: Freshness
    ) -> int:
        """How many `page` lists in all."""
        statement = select(func.count()).select_from(Circumstance).join(Person, Person.id == Circumstance.person_id)
        return await self._session.scalar(statement.where(_listed(seen, within, wanted, day, freshness))) or 0

    async def locked_after(self, id: UUID | None, limit: int) -> Sequence[OfPerson]:
        """The next entries of plain kinds in id order with their persons, locked: persons first, as everybody does."""
        page: Any = select(Circumstance.id, Circumstance.person_id).where(Circumstance.kind.in_(PLAIN))
        if id is not None:
            page = page.where(Circumstance.id > id)
        rows = await self._session.execute(page.order_by(Circumstance.id).limit(limit))
        found = {row.id: row.person_id for row in rows}
        people = await PersonRepository(self._session).all_locked(set(found.values()))
        statement = select(*COLUMNS).where(Circumstance.id.in_(found)).order_by(Circumstance.id).with_for_update()
        rows = await self._session.execute(statement)
        return [OfPerson(CircumstanceRecord(**row._mapping), people[row.person_id]) for row in rows]


def _listed(
    seen: Seen, within: Scope, wanted: CircumstanceFilter, day: date, freshness: Freshness
) -> ColumnElement[bool]:
    """The one predicate of list and count."""
    visible = or_(
        and_(Circumstance.kind.in_(PLAIN), in_scope(seen.plain)),
        and_(Circumstance.kind.in_(SENSITIVE), in_scope(seen.sensitive)),
    )
    here = within.where(Person.residence_area, Person.registration_area)
    conditions = [visible, here, Circumstance.status != str(WITHDRAWN), *_holding(wanted, wanted.on or day)]
    if wanted.kind is not None:
        conditions.append(Circumstance.kind == wanted.kind)
    if wanted.group is not None:
        conditions.append(Circumstance.kind.in_(of_group(wanted.group)))
    if wanted.due:
        conditions.append(_due(day, freshness))
    return and_(*conditions)


def _until(of: Any) -> Any:
    return func.coalesce(of.ended_on, of.agreed_until)


def _holding(wanted: CircumstanceFilter, on: date) -> list[ColumnElement[bool]]:
    until = _until(Circumstance)
    holds = [Circumstance.began_on <= on, or_(until.is_(None), until > on)]
    if wanted.ends_by is None:
        return holds
    next_one = aliased(Circumstance)
    renewed = exists().where(
        next_one.person_id == Circumstance.person_id,
        next_one.kind == Circumstance.kind,
        next_one.id != Circumstance.id,
        next_one.status != str(WITHDRAWN),
        next_one.began_on >= Circumstance.began_on,
        or_(_until(next_one).is_(None), _until(next_one) > until),
    )
    return [*holds, until <= wanted.ends_by, ~renewed]


def _due(day: date, freshness: Freshness) -> ColumnElement[bool]:
    """Not verified within the days of its group, of somebody who is alive here."""
    alive = Person.status.in_([str(PersonStatus.ACTIVE), str(PersonStatus.MISSING)])
    stale = (
        and_(Circumstance.kind.in_(of_group(group)), Circumstance.verified_on <= freshness.stale_on(group, day))
        for group in CircumstanceGroup
    )
    return and_(alive, or_(*stale))
