"""Queries over who is who: persons who were merged, once or one after the other, and whoever goes on for them."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.registry.persons.models import Person


def ids_of(person_ids: Collection[UUID]) -> Any:
    """SELECT of the ids of these persons and of all who were merged into them, however often."""
    return select(_known(person_ids).c.id)


async def stood_as(session: AsyncSession, person_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """The ids of these persons and of all who were merged into them, each with the one of these that it is."""
    known = _known(person_ids)
    return {row.id: row.asked for row in await session.execute(select(known.c.asked, known.c.id))}


async def going_on(session: AsyncSession, person_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Who goes on for each of these persons: the last one into whom they were merged, or they themselves."""
    person = aliased(Person)
    own = select(Person.id.label("asked"), Person.id, Person.merged_into).where(Person.id.in_(person_ids))
    way = own.cte("way", recursive=True)
    way = way.union(select(way.c.asked, person.id, person.merged_into).join(person, person.id == way.c.merged_into))
    rows = await session.execute(select(way.c.asked, way.c.id).where(way.c.merged_into.is_(None)))
    return {row.asked: row.id for row in rows}


def merged_ids() -> CTE:
    """The ids of all who were merged (`id`), each with everybody who goes on for them (`asked`)."""
    person = aliased(Person)
    ids = select(Person.merged_into.label("asked"), Person.id).where(Person.merged_into.is_not(None))
    known = ids.cte("merged", recursive=True)
    further = select(person.merged_into, known.c.id).join(known, person.id == known.c.asked)
    return known.union(further.where(person.merged_into.is_not(None)))


def _known(person_ids: Collection[UUID]) -> CTE:
    merged = aliased(Person)
    known = select(Person.id.label("asked"), Person.id).where(Person.id.in_(person_ids)).cte("known", recursive=True)
    return known.union(select(known.c.asked, merged.id).join(known, merged.merged_into == known.c.id))
