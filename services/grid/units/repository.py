"""Every query about units."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, or_, select
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


def _shown(scope: DepartmentScope) -> ColumnElement[bool]:
    columns = (HandlingUnit.area, HandlingUnit.department)
    return and_(HandlingUnit.active, or_(scope.where(*columns), scope.where_above(*columns)))
