"""Queries over changes of areas."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.area_changes.domain import AreaChangeStatus
from services.registry.area_changes.models import AreaChange, AreaChangeEvent
from services.registry.base import Base
from services.registry.buildings.models import Building
from services.registry.households.models import Household
from services.registry.persons.models import Person
from shared.auth.scope import Scope, inside
from shared.contracts.registry.buildings import BuildingStatus
from shared.db.session import rows_of

EVENT = Base.metadata.tables[AreaChangeEvent.__tablename__]


class AreaChangeRepository:
    """Changes of areas, by the area that holds all that they name."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, change: AreaChange) -> None:
        """A new change, inserted at once."""
        self._session.add(change)
        await self._session.flush()

    def add_events(self, change_id: UUID, events: Sequence[tuple[UUID, UUID]]) -> None:
        """The life events that a change brought, person and id of each: inserted with the transaction's last statement.

        After the change itself.
        """
        rows = [{"area_change_id": change_id, "event_id": event, "person_id": person} for person, event in events]
        rows_of(self._session).add(EVENT, rows)

    async def events(self, change_id: UUID) -> Sequence[tuple[UUID, UUID]]:
        """The same as they were added."""
        statement = select(EVENT.c.person_id, EVENT.c.event_id).where(EVENT.c.area_change_id == change_id)
        return [(row.person_id, row.event_id) for row in await self._session.execute(statement)]

    async def get(self, id: UUID) -> AreaChange | None:
        """A change. The caller asks the scope."""
        return await self._session.get(AreaChange, id)

    async def locked(self, id: UUID) -> AreaChange | None:
        """The same, locked until the transaction ends."""
        statement = select(AreaChange).where(AreaChange.id == id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def page(self, scope: Scope, *, after: UUID | None, limit: int) -> Sequence[AreaChange]:
        """Changes in scope, by id."""
        statement = select(AreaChange).where(scope.where(AreaChange.area)).order_by(AreaChange.id).limit(limit)
        if after is not None:
            statement = statement.where(AreaChange.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: Scope) -> int:
        """How many `page` lists in all."""
        return await self._session.scalar(select(func.count(AreaChange.id)).where(scope.where(AreaChange.area))) or 0

    async def changed_since(self, change: AreaChange, areas: Collection[str]) -> Sequence[str]:
        """Those of the areas of which a later change that stands has made something else."""
        later = select(AreaChange.plan).where(
            AreaChange.id > change.id, AreaChange.status == str(AreaChangeStatus.DONE)
        )
        plans = (await self._session.scalars(later)).all()
        return sorted({move["origin"] for plan in plans for move in plan["moves"]} & set(areas))

    async def peopled(self, areas: Collection[str]) -> Sequence[str]:
        """Those of the areas in which somebody stands now or stood last, a household is active or a building stands."""
        found = []
        for area in sorted(areas):
            lives = or_(inside(Person.residence_area, area), inside(Person.registration_area, area))
            active = and_(inside(Household.area, area), Household.status == "active")
            stands = and_(inside(Building.area, area), Building.status == str(BuildingStatus.STANDING))
            asked = select(or_(exists().where(lives), exists().where(active), exists().where(stands)))
            if await self._session.scalar(asked):
                found.append(area)
        return found
