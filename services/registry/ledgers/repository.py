"""Queries of what records of registry's ledgers rest on: areas, the calendar, persons and households by id."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.calendar.models import CalendarYear
from services.registry.households.models import Household
from services.registry.persons.models import Person
from shared.ledgers.records.surroundings import AreaSpan


async def areas(session: AsyncSession, codes: Collection[str]) -> Mapping[str, AreaSpan]:
    """These areas as far as they exist or existed."""
    rows = await session.execute(select(Area.code, Area.valid_from, Area.valid_to).where(Area.code.in_(codes)))
    return {row.code: AreaSpan(row.code, row.valid_from, row.valid_to) for row in rows}


async def calendar(session: AsyncSession) -> Sequence[CalendarYear]:
    """All years."""
    return (await session.scalars(select(CalendarYear))).all()


async def persons(session: AsyncSession, ids: Collection[str]) -> Collection[str]:
    """Which of these are ids of persons."""
    return {str(one) for one in await session.scalars(select(Person.id).where(Person.id.in_(map(UUID, ids))))}


async def households(session: AsyncSession, ids: Collection[str]) -> Collection[str]:
    """Which of these are ids of households."""
    return {str(one) for one in await session.scalars(select(Household.id).where(Household.id.in_(map(UUID, ids))))}
