"""Queries of what records of registry's ledgers rest on: areas, the calendar, persons, households, dwellings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.calendar.models import CalendarYear
from services.registry.dwellings.models import Dwelling
from services.registry.households.models import Household
from services.registry.persons.models import Person
from shared.auth.scope import Scope
from shared.ledgers.forms.openrosa.areas import LEVELS
from shared.ledgers.forms.openrosa.messages import ListedArea
from shared.ledgers.records.surroundings import AreaSpan, stands


async def areas(session: AsyncSession, codes: Collection[str]) -> Mapping[str, AreaSpan]:
    """These areas as far as they exist or existed."""
    rows = await session.execute(select(Area.code, Area.valid_from, Area.valid_to).where(Area.code.in_(codes)))
    return {row.code: AreaSpan(row.code, row.valid_from, row.valid_to) for row in rows}


async def named_areas(session: AsyncSession, places: Scope, on: date) -> Sequence[ListedArea]:
    """The areas of a day that lie in these places, county to village, with their names."""
    valid = (Area.valid_from <= on, or_(Area.valid_to.is_(None), Area.valid_to > on))
    levels = Area.level.in_(LEVELS)
    statement = select(Area.code, Area.name, Area.level).where(*valid, levels, places.where(Area.code))
    rows = await session.execute(statement.order_by(Area.code))
    return [ListedArea(row.code, row.name, LEVELS[row.level]) for row in rows]


async def calendar(session: AsyncSession) -> Sequence[CalendarYear]:
    """All years."""
    return (await session.scalars(select(CalendarYear))).all()


async def persons(session: AsyncSession, ids: Collection[str]) -> Mapping[str, bool]:
    """Which of these are ids of persons: nothing new is about who was merged, or never was."""
    rows = await session.execute(select(Person.id, Person.status).where(Person.id.in_(map(UUID, ids))))
    return {str(row.id): stands(row.status) for row in rows}


async def erased_persons(session: AsyncSession, ids: Collection[str]) -> Collection[str]:
    """Who of these was erased (清除)."""
    erased = select(Person.id).where(Person.id.in_(map(UUID, ids)), Person.erased_at.is_not(None))
    return {str(one) for one in await session.scalars(erased)}


async def households(session: AsyncSession, ids: Collection[str]) -> Mapping[str, bool]:
    """Which of these are ids of households."""
    found = await session.scalars(select(Household.id).where(Household.id.in_(map(UUID, ids))))
    return dict.fromkeys(map(str, found), True)


async def dwellings(session: AsyncSession, ids: Collection[str]) -> Mapping[str, bool]:
    """Which of these are ids of dwellings."""
    found = await session.scalars(select(Dwelling.id).where(Dwelling.id.in_(map(UUID, ids))))
    return dict.fromkeys(map(str, found), True)


async def places_of_persons(session: AsyncSession, ids: Collection[str]) -> Mapping[str, str]:
    """Where these persons live; of who lives nowhere here, where the person is registered."""
    lives = case((Person.residence_until.is_(None), Person.residence_area))
    registered = case((Person.registration_until.is_(None), Person.registration_area))
    statement = select(Person.id, func.coalesce(lives, registered).label("place"))
    rows = await session.execute(statement.where(Person.id.in_(map(UUID, ids))))
    return {str(row.id): row.place for row in rows if row.place is not None}


async def places_of_households(session: AsyncSession, ids: Collection[str]) -> Mapping[str, str]:
    """Where these households lie; a dissolved one lies nowhere."""
    statement = select(Household.id, Household.area).where(Household.id.in_(map(UUID, ids)))
    rows = await session.execute(statement.where(Household.dissolved_on.is_(None)))
    return {str(row.id): row.area for row in rows}
