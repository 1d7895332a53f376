"""Every query about units."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.units.models import HandlingUnit
from shared.auth.scope import DepartmentScope, inside


class UnitRepository:
    """Units by the area that they serve."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, unit: HandlingUnit) -> None:
        self._session.add(unit)

    async def get(self, unit_id: UUID) -> HandlingUnit | None:
        return await self._session.get(HandlingUnit, unit_id)

    async def page(
        self, scope: DepartmentScope, *, serving: str | None, after: UUID | None, limit: int
    ) -> Sequence[HandlingUnit]:
        """Active units inside the scope, and those above it that serve it too, in the order of their ids."""
        statement = select(HandlingUnit).where(_shown(scope)).order_by(HandlingUnit.id).limit(limit)
        if serving is not None:
            serves = literal(serving).startswith(HandlingUnit.area)
            statement = statement.where(or_(inside(HandlingUnit.area, serving), serves))
        if after is not None:
            statement = statement.where(HandlingUnit.id > after)
        return (await self._session.scalars(statement)).all()

    async def shows(self, scope: DepartmentScope, unit_id: UUID) -> bool:
        """Whether the unit is one that `page` lists."""
        statement = select(HandlingUnit.id).where(HandlingUnit.id == unit_id, _shown(scope))
        return await self._session.scalar(statement) is not None

    async def active_in_locked(self, areas: Collection[str]) -> Sequence[HandlingUnit]:
        """Active units of these areas themselves, by id and locked."""
        chosen = HandlingUnit.area.in_(areas), HandlingUnit.active
        return (await self._session.scalars(_locked(select(HandlingUnit).where(*chosen)))).all()

    async def all_taken(self, change: UUID) -> Sequence[HandlingUnit]:
        """Units that went along with a change of areas, by id and locked."""
        taken = HandlingUnit.former.contains([{"change": str(change)}])
        return (await self._session.scalars(_locked(select(HandlingUnit).where(taken)))).all()

    async def known(self, area: str, department: str, name: str) -> bool:
        """Whether the area has such a unit, active or not."""
        same = and_(HandlingUnit.area == area, HandlingUnit.department == department, HandlingUnit.name == name)
        return bool(await self._session.scalar(select(exists().where(same))))

    async def flush(self) -> None:
        """Write what was changed, so that the next question finds it."""
        await self._session.flush()


def _locked(statement: Select[tuple[HandlingUnit]]) -> Select[tuple[HandlingUnit]]:
    chosen = statement.order_by(HandlingUnit.id).with_for_update()
    return chosen.execution_options(populate_existing=True)


def _shown(scope: DepartmentScope) -> ColumnElement[bool]:
    columns = (HandlingUnit.area, HandlingUnit.department)
    return and_(HandlingUnit.active, or_(scope.where(*columns), scope.where_above(*columns)))
