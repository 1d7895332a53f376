"""Queries over who is who: persons who were merged, once or one after the other, and whoever goes on for them."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.registry.persons.models import Person


def ids_of(person_ids: Collection[UUID]) -> Any:
    """SELECT of the ids of these persons and of all who were merged into them, however often."""
    known = select(Person.id).where(Person.id.in_(person_ids)).cte("known", recursive=True)
    merged = aliased(Person)
    known = known.union(select(merged.id).join(known, merged.merged_into == known.c.id))
    return select(known.c.id)


async def going_on(session: AsyncSession, person_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Who goes on for each of these persons: the last one into whom they were merged, or they themselves."""
    person = aliased(Person)
    own = select(Person.id.label("asked"), Person.id, Person.merged_into).where(Person.id.in_(person_ids))
    way = own.cte("way", recursive=True)
    way = way.union(select(way.c.asked, person.id, person.merged_into).join(person, person.id == way.c.merged_into))
    rows = await session.execute(select(way.c.asked, way.c.id).where(way.c.merged_into.is_(None)))
    return {row.asked: row.id for row in rows}
