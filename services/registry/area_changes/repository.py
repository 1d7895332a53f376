"""Queries over changes of areas."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import CTE, Select, and_, case, cast, exists, func, literal, not_, or_, select, tuple_, union_all
from sqlalchemy import Text as SqlText
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.area_changes.domain import LeftBehind, LeftKind
from services.registry.area_changes.models import AreaChange, AreaChangeEvent
from services.registry.areas.models import Area
from services.registry.base import Base
from services.registry.buildings.models import Building
from services.registry.dwellings.models import Dwelling
from services.registry.facilities.models import Facility
from services.registry.households.domain import HouseholdKind, HouseholdStatus
from services.registry.households.models import Household, HouseholdMember
from services.registry.occupancies.models import Occupancy
from services.registry.organisations.models import Organisation
from services.registry.persons.models import Person
from shared.auth.scope import Scope, inside
from shared.contracts.grid.grids import GridState
from shared.contracts.registry.area_changes import AreaChangeStatus
from shared.contracts.registry.buildings import BuildingStatus
from shared.contracts.registry.facilities import FacilityStatus
from shared.contracts.registry.occupancies import OccupancyRole, OccupancyStatus
from shared.contracts.registry.organisations import OrganisationStatus
from shared.db.session import rows_of
from shared.messaging.projection.states import ProjectedState, live_slot
from shared.reference.areas import VILLAGE_DIGITS

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

    async def left_behind(
        self, scope: Scope, *, after: tuple[str, str, str] | None, limit: int
    ) -> Sequence[LeftBehind]:
        """What is in use in villages that ended, by area, kind and id, with the change by which the village ended."""
        left = _left_behind(scope)
        change = (
            select(AreaChange.id)
            .where(
                AreaChange.status == AreaChangeStatus.DONE,
                AreaChange.effective_on == left.c.ended_on,
                AreaChange.plan["moves"].op("@>")(
                    func.jsonb_build_array(func.jsonb_build_object("origin", left.c.village))
                ),
            )
            .order_by(AreaChange.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        key = (left.c.area, left.c.kind, left.c.id)
        statement = select(left, change.label("change")).order_by(*key).limit(limit)
        if after is not None:
            statement = statement.where(tuple_(*key) > tuple_(*map(literal, after)))
        return [
            LeftBehind(LeftKind(row.kind), row.id, row.area, row.ended_on, tuple(row.heirs), row.change)
            for row in await self._session.execute(statement)
        ]

    async def count_left_behind(self, scope: Scope) -> int:
        """How many `left_behind` gives in all."""
        return await self._session.scalar(select(func.count()).select_from(_left_behind(scope))) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[AreaChange]:
        """The next changes by id, locked."""
        statement = select(AreaChange).order_by(AreaChange.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(AreaChange.id > after)
        return (await self._session.scalars(statement)).all()

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
            active = and_(inside(Household.area, area), Household.status == str(HouseholdStatus.ACTIVE))
            stands = and_(inside(Building.area, area), Building.status == str(BuildingStatus.STANDING))
            asked = select(or_(exists().where(lives), exists().where(active), exists().where(stands)))
            if await self._session.scalar(asked):
                found.append(area)
        return found

    async def torn(self, person_ids: Collection[UUID], household_ids: Collection[UUID]) -> Sequence[UUID]:
        """Those of these households, and of these persons' ones, with a member who does not belong to its village."""
        legal = Household.kind == str(HouseholdKind.LEGAL)
        place = case((legal, Person.registration_area), else_=Person.residence_area)
        until = case((legal, Person.registration_until), else_=Person.residence_until)
        village = func.left(Household.area, VILLAGE_DIGITS)
        belongs = and_(until.is_(None), func.left(place, VILLAGE_DIGITS).is_not_distinct_from(village))
        statement = (
            select(Household.id)
            .join(HouseholdMember, HouseholdMember.household_id == Household.id)
            .join(Person, Person.id == HouseholdMember.person_id)
            .where(Household.status == str(HouseholdStatus.ACTIVE), HouseholdMember.until.is_(None), not_(belongs))
            .where(or_(Household.id.in_(household_ids), Household.id.in_(self._households_of(person_ids))))
        )
        return (await self._session.scalars(statement.distinct().order_by(Household.id))).all()

    async def strayed(self, change: AreaChange, person_ids: Collection[UUID]) -> Sequence[UUID]:
        """What was entered since the change of who lives where, and is of two villages now: ids of occupancies.

        Of these persons, or of households and buildings that the change took along.
        """
        lives = case((Person.residence_until.is_(None), Person.residence_area))
        home = func.left(func.coalesce(lives, Household.area), VILLAGE_DIGITS)
        taken = or_(
            Occupancy.person_id.in_(person_ids),
            Occupancy.household_id.in_(map(UUID, change.households)),
            Dwelling.building_id.in_(map(UUID, change.buildings)),
        )
        statement = (
            select(Occupancy.id)
            .join(Dwelling, Dwelling.id == Occupancy.dwelling_id)
            .outerjoin(Person, Person.id == Occupancy.person_id)
            .outerjoin(Household, Household.id == Occupancy.household_id)
            .where(Occupancy.role == str(OccupancyRole.OCCUPANT), Occupancy.status == str(OccupancyStatus.CURRENT))
            .where(taken, Occupancy.recorded_at >= change.recorded_at)
            .where(home.is_distinct_from(func.left(Dwelling.area, VILLAGE_DIGITS)))
        )
        return (await self._session.scalars(statement.order_by(Occupancy.id))).all()

    def _households_of(self, person_ids: Collection[UUID]) -> Select[tuple[UUID]]:
        mine = (HouseholdMember.person_id.in_(person_ids), HouseholdMember.until.is_(None))
        return select(HouseholdMember.household_id).where(*mine)


def _left_behind(scope: Scope) -> CTE:
    """The one predicate of list and count of what is left behind: in use, in a village that ended, in scope."""
    grid = ProjectedState
    standing = [
        (LeftKind.BUILDING, Building.id, Building.area, [Building.status == BuildingStatus.STANDING]),
        (LeftKind.FACILITY, Facility.id, Facility.area, [Facility.status == FacilityStatus.OPEN]),
        (LeftKind.ORGANISATION, Organisation.id, Organisation.area, [Organisation.status == OrganisationStatus.ACTIVE]),
        (
            LeftKind.GRID,
            grid.aggregate,
            grid.area,
            [grid.slot == live_slot(), grid.noun == GridState.noun, grid.state["valid_to"].astext.is_(None)],
        ),
    ]
    things = union_all(
        *(
            select(literal(str(kind)).label("kind"), cast(key, SqlText).label("id"), area.label("area")).where(
                scope.where(area), *which
            )
            for kind, key, area, which in standing
        )
    ).subquery("things")
    return (
        select(
            things.c.kind,
            things.c.id,
            things.c.area,
            Area.code.label("village"),
            Area.valid_to.label("ended_on"),
            Area.successors.label("heirs"),
        )
        .join(Area, Area.code == func.left(things.c.area, VILLAGE_DIGITS))
        .where(Area.valid_to.is_not(None))
        .cte("left_behind")
    )
