"""Every query about units."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import literal, or_, select
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
        columns = (HandlingUnit.area, HandlingUnit.department)
        seen = or_(scope.where(*columns), scope.where_above(*columns))
        statement = select(HandlingUnit).where(HandlingUnit.active, seen).order_by(HandlingUnit.id).limit(limit)
        if serving is not None:
            serves = literal(serving).startswith(HandlingUnit.area)
            statement = statement.where(or_(inside(HandlingUnit.area, serving), serves))
        if after is not None:
            statement = statement.where(HandlingUnit.id > after)
        return (await self._session.scalars(statement)).all()
