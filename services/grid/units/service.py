"""Units that handle incidents."""

from collections.abc import Sequence
from uuid import UUID

from services.grid.units.domain import UnitUnknown
from services.grid.units.models import HandlingUnit
from services.grid.units.repository import UnitRepository
from shared.auth.principal import Principal
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class Units:
    def __init__(self, context: UseCaseContext) -> None:
        self.units = UnitRepository(context.session)

    async def create(self, principal: Principal, *, area: str, department: str, name: str) -> HandlingUnit:
        """A unit that serves `area` and everything below. Raises NotFound for an area outside the caller's."""
        principal.scope("grid.manage").require(area)
        unit = HandlingUnit(id=new_id(), area=area, department=department, name=name, active=True)
        self.units.add(unit)
        return unit

    async def active(self, unit_id: UUID) -> HandlingUnit:
        """Raises UnitUnknown."""
        unit = await self.units.get(unit_id)
        if unit is None or not unit.active:
            raise UnitUnknown(unit_id)
        return unit

    async def listed(
        self, principal: Principal, *, serving: str | None = None, after: UUID | None = None, limit: int = 50
    ) -> Sequence[HandlingUnit]:
        """Active units to which incidents of the caller's areas may go. `serving`: only those for this area."""
        scope = principal.scope("incident.read")
        where = scope.where(HandlingUnit.area)
        return await self.units.listed(where, scope.areas, serving=serving, after=after, limit=limit)
