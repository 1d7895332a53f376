"""Queries over occupancies."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.buildings.models import Building
from services.registry.dwellings.models import Dwelling
from services.registry.occupancies.domain import OccupancyFilter
from services.registry.occupancies.models import Located, Occupancy
from shared.auth.scope import Scope
from shared.contracts.registry.occupancies import OccupancyStatus


class OccupancyRepository:
    """Occupancies by the area of their dwellings. Whoever changes one holds the lock on its person or household."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, occupancy: Occupancy) -> None:
        """A new occupancy, inserted at once."""
        self._session.add(occupancy)
        await self._session.flush()

    async def get(self, id: UUID) -> Located | None:
        """An occupancy as it stands, with the area of its dwelling. The caller asks the scope."""
        statement = _located().where(Occupancy.id == id).execution_options(populate_existing=True)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _located_of(row)

    async def page(self, scope: Scope, wanted: OccupancyFilter, *, after: UUID | None, limit: int) -> Sequence[Located]:
        """Occupancies of dwellings in scope, by id."""
        statement = _located().where(*_matches(scope, wanted)).order_by(Occupancy.id).limit(limit)
        if after is not None:
            statement = statement.where(Occupancy.id > after)
        return [_located_of(row) for row in await self._session.execute(statement)]

    async def count(self, scope: Scope, wanted: OccupancyFilter) -> int:
        """How many `page` lists in all."""
        statement = select(func.count(Occupancy.id)).join(Dwelling, Dwelling.id == Occupancy.dwelling_id)
        return await self._session.scalar(statement.where(*_matches(scope, wanted))) or 0

    async def of_party(self, person_id: UUID | None, household_id: UUID | None) -> Sequence[Located]:
        """What one person or household has that was not withdrawn, oldest first."""
        mine = Occupancy.person_id == person_id if person_id else Occupancy.household_id == household_id
        statement = (
            _located()
            .where(mine, Occupancy.status != str(OccupancyStatus.WITHDRAWN))
            .order_by(Occupancy.since, Occupancy.id)
            .execution_options(populate_existing=True)
        )
        return [_located_of(row) for row in await self._session.execute(statement)]

    async def former(self, dwelling: UUID) -> Sequence[tuple[str, date]]:
        """Where the dwelling lay before changes of areas, each until a day."""
        mine = select(Building.former).join(Dwelling, Dwelling.building_id == Building.id)
        return _former(await self._session.scalar(mine.where(Dwelling.id == dwelling)) or [])

    async def any_current(self, dwelling: UUID) -> bool:
        """Whether somebody owns, rents or lives in the dwelling now."""
        current = Occupancy.status == str(OccupancyStatus.CURRENT)
        return bool(await self._session.scalar(select(exists().where(Occupancy.dwelling_id == dwelling, current))))

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Occupancy]:
        """The next occupancies by id, locked until the transaction ends."""
        statement = select(Occupancy).order_by(Occupancy.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Occupancy.id > after)
        return (await self._session.scalars(statement)).all()


def _located() -> Any:
    return (
        select(Occupancy, Dwelling.area, Building.former)
        .join(Dwelling, Dwelling.id == Occupancy.dwelling_id)
        .join(Building, Building.id == Dwelling.building_id)
    )


def _located_of(row: Row[Any]) -> Located:
    return Located(row.Occupancy, row.area, _former(row.former))


def _former(places: Sequence[dict[str, str]]) -> Sequence[tuple[str, date]]:
    return [(one["area"], date.fromisoformat(one["until"])) for one in places]


def _matches(scope: Scope, wanted: OccupancyFilter) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Dwelling.area)]
    for name in ("dwelling_id", "person_id", "household_id", "role", "status"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(Occupancy, name) == value)
    return conditions
