"""Every query about units."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.units.models import HandlingUnit
from shared.auth.scope import inside


class UnitRepository:
    """Units by the area that they serve."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, unit: HandlingUnit) -> None:
        self._session.add(unit)

    async def get(self, unit_id: UUID) -> HandlingUnit | None:
        return await self._session.get(HandlingUnit, unit_id)

    async def listed(
        self, scope: ColumnElement[bool], granted: Sequence[str], *, serving: str | None, after: UUID | None, limit: int
    ) -> Sequence[HandlingUnit]:
        """Active units inside the scope, and those above it that serve it too, in the order of their ids."""
        above = or_(scope, *(literal(area).startswith(HandlingUnit.area) for area in granted))
        statement = select(HandlingUnit).where(HandlingUnit.active, above).order_by(HandlingUnit.id).limit(limit)
        if serving is not None:
            serves = literal(serving).startswith(HandlingUnit.area)
            statement = statement.where(or_(inside(HandlingUnit.area, serving), serves))
        if after is not None:
            statement = statement.where(HandlingUnit.id > after)
        return (await self._session.scalars(statement)).all()
