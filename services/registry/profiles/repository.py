"""Queries of community profiles: of each noun one statement, under the predicate of its list."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, and_, cast, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.buildings.models import Building
from services.registry.dwellings.models import Dwelling, DwellingCondition
from services.registry.facilities.models import Facility
from services.registry.households.domain import HouseholdStatus
from services.registry.households.models import Household
from services.registry.organisations.models import Organisation
from services.registry.persons.models import Person
from services.registry.persons.repository.conditions import listed
from services.registry.profiles.domain import Born
from services.registry.tags.models import Tag
from shared.auth.scope import Scope
from shared.contracts.registry.buildings import BuildingStatus
from shared.contracts.registry.dwellings import ConditionTopic, DwellingStatus
from shared.contracts.registry.facilities import FacilityStatus
from shared.contracts.registry.organisations import OrganisationStatus
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book


class Standing(NamedTuple):
    """How many stand in a book beside the residents who are active in theirs."""

    residents_missing: int
    registered: int
    registered_missing: int


class Opened(NamedTuple):
    """Open facilities: by kind, by the need they serve, and how large they are together."""

    kinds: Mapping[str, int]
    needs: Mapping[str, int]
    floor_area: Decimal


class ProfileRepository:
    """Counts of an area. `scope` and `within`: whose persons a list would show, and in which area."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def born(self, scope: Scope, within: Scope) -> list[Born]:
        """Active residents by sex and month of birth."""
        month = cast(func.date_trunc("month", Person.birth_date), Date)
        statement = select(Person.sex, month, func.count()).where(_residents(scope, within)).group_by(Person.sex, month)
        return [Born(*row) for row in await self._session.execute(statement)]

    async def standing(self, scope: Scope, within: Scope) -> Standing:
        """Missing residents, and who is registered here: active and missing."""
        cells = [
            listed(scope, within, Book.RESIDENCE, PersonStatus.MISSING),
            listed(scope, within, Book.REGISTRATION, PersonStatus.ACTIVE),
            listed(scope, within, Book.REGISTRATION, PersonStatus.MISSING),
        ]
        here = within.where(Person.residence_area, Person.registration_area)
        statement = select(*(func.count().filter(cell) for cell in cells)).where(and_(here, or_(*cells)))
        return Standing(*(await self._session.execute(statement)).one())

    async def tags(self, scope: Scope, within: Scope, family: str, on: date) -> dict[str, int]:
        """Tags of a family that active residents have on a day, by code."""
        statement = (
            select(Tag.code, func.count())
            .join(Person, Person.id == Tag.person_id)
            .where(_residents(scope, within), Tag.family == family, Tag.started_on <= on)
            .where(or_(Tag.ended_on.is_(None), Tag.ended_on > on))
        )
        return await self._by(statement, Tag.code)

    async def households(self, scope: Scope) -> dict[str, int]:
        """Active households by kind."""
        status = str(HouseholdStatus.ACTIVE)
        statement = select(Household.kind, func.count()).where(scope.where(Household.area), Household.status == status)
        return await self._by(statement, Household.kind)

    async def buildings(self, scope: Scope) -> int:
        """Buildings that stand."""
        here = and_(scope.where(Building.area), Building.status == BuildingStatus.STANDING)
        return await self._session.scalar(select(func.count()).select_from(Building).where(here)) or 0

    async def dwellings(self, scope: Scope) -> dict[str | None, int]:
        """Dwellings that are there by their newest use; None: of which no use is known."""
        newest = (
            select(DwellingCondition.value)
            .where(
                DwellingCondition.dwelling_id == Dwelling.id,
                DwellingCondition.topic == str(ConditionTopic.USE),
                ~DwellingCondition.withdrawn,
            )
            .order_by(DwellingCondition.since.desc())
            .limit(1)
            .lateral()
        )
        statement = (
            select(newest.c.value, func.count())
            .select_from(Dwelling)
            .outerjoin(newest, true())
            .where(scope.where(Dwelling.area), Dwelling.status == DwellingStatus.STANDING)
        )
        return await self._by(statement, newest.c.value)

    async def organisations(self, scope: Scope) -> dict[str, int]:
        """Active organisations by kind."""
        status = OrganisationStatus.ACTIVE
        here = and_(scope.where(Organisation.area), Organisation.status == status)
        return await self._by(select(Organisation.kind, func.count()).where(here), Organisation.kind)

    async def facilities(self, scope: Scope) -> Opened:
        """Open facilities."""
        statement = (
            select(Facility.kind, Facility.serves, func.count(), func.coalesce(func.sum(Facility.floor_area), 0))
            .where(scope.where(Facility.area), Facility.status == FacilityStatus.OPEN)
            .group_by(Facility.kind, Facility.serves)
        )
        kinds: dict[str, int] = {}
        needs: dict[str, int] = {}
        floor_area = Decimal(0)
        for kind, serves, count, square_metres in await self._session.execute(statement):
            kinds[kind] = kinds.get(kind, 0) + count
            for need in serves:
                needs[need] = needs.get(need, 0) + count
            floor_area += square_metres
        return Opened(kinds, needs, floor_area)

    async def _by(self, statement: Any, column: Any) -> dict[Any, int]:
        rows = await self._session.execute(statement.group_by(column).order_by(column))
        return {row[0]: row[1] for row in rows}


def _residents(scope: Scope, within: Scope) -> ColumnElement[bool]:
    return listed(scope, within, Book.RESIDENCE, PersonStatus.ACTIVE)
