"""Queries over verifications. Whoever changes one holds the lock on its person's row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.persons.domain import PersonRecord
from services.registry.persons.models import Person
from services.registry.persons.repository.conditions import in_scope
from services.registry.persons.repository.persons import ONE
from services.registry.verifications.domain import FieldGroup, Freshness, Known, opened, stored
from services.registry.verifications.models import PersonVerification
from shared.auth.scope import Scope
from shared.clock import SHANGHAI
from shared.contracts.registry.persons import PersonStatus

_ENTERED_ON: Any = cast(func.timezone(str(SHANGHAI), Person.created_at), Date)
_ALIVE = [str(PersonStatus.ACTIVE), str(PersonStatus.MISSING)]


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody with the groups that are due, each with the day from which it is."""

    person: PersonRecord
    groups: Sequence[Known]


class VerificationRepository:
    """Verifications of persons."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, people: Sequence[UUID]) -> Mapping[UUID, Mapping[FieldGroup, Known]]:
        """What is known of each field group of these persons, whether somebody looked or not."""
        entered = await self._session.execute(
            select(Person.id, _ENTERED_ON.label("entered_on")).where(Person.id.in_(people))
        )
        known = {row.id: {group: Known(row.id, group, row.entered_on) for group in FieldGroup} for row in entered}
        table = PersonVerification
        rows = await self._session.execute(
            select(table.person_id, table.field_group, table.looks).where(table.person_id.in_(people))
        )
        for row in rows:
            group = FieldGroup(row.field_group)
            before = known[row.person_id][group]
            known[row.person_id][group] = Known(row.person_id, group, before.entered_on, opened(group, row.looks))
        return known

    async def keep(self, known: Known, *, taken_back: Sequence[Mapping[str, Any]] = ()) -> None:
        """The looks of a group as they stand now; `taken_back`: those that were, and why."""
        table = PersonVerification
        row = {
            "verified_on": known.last.verified_on if known.last else None,
            "looks": stored(known.looks),
            "taken_back": list(taken_back),
        }
        statement = insert(table).values(person_id=known.person_id, field_group=str(known.group), **row)
        changes = {**row, "taken_back": table.taken_back + statement.excluded.taken_back}
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=[table.person_id, table.field_group], set_=changes)
        )

    async def page(
        self, scope: Scope, within: Scope, due: Mapping[FieldGroup, date], *, after: UUID | None, limit: int
    ) -> Sequence[PersonRecord]:
        """Persons in scope and within an area of whom a group was last looked at by its day in `due`, by id."""
        statement = ONE.where(_listed(scope, within, due)).order_by(Person.id).limit(limit)
        if after is not None:
            statement = statement.where(Person.id > after)
        return [PersonRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def count(self, scope: Scope, within: Scope, due: Mapping[FieldGroup, date]) -> int:
        """How many `page` lists in all."""
        statement = select(func.count()).select_from(Person).where(_listed(scope, within, due))
        return await self._session.scalar(statement) or 0


def days_of(freshness: Freshness, groups: Sequence[FieldGroup], day: date) -> Mapping[FieldGroup, date]:
    """By group, the last day on which a look is good no more on `day`."""
    return {group: freshness.stale_on(group, day) for group in groups}


def _listed(scope: Scope, within: Scope, due: Mapping[FieldGroup, date]) -> ColumnElement[bool]:
    """The one predicate of list and count."""
    here = within.where(Person.residence_area, Person.registration_area)
    stale = (_fresh_from(group) <= day for group, day in due.items())
    return and_(in_scope(scope), here, Person.status.in_(_ALIVE), or_(*stale))


def _fresh_from(group: FieldGroup) -> Any:
    table = PersonVerification
    last = (
        select(table.verified_on)
        .where(table.person_id == Person.id, table.field_group == str(group))
        .correlate(Person)
        .scalar_subquery()
    )
    return func.coalesce(last, _ENTERED_ON)
