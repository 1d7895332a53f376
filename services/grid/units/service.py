"""Handling units (处置单位): made known, listed, looked up for dispatching."""

from collections.abc import Sequence
from uuid import UUID

from services.grid.units.domain import UnitOutOfArea, UnitUnknown
from services.grid.units.models import HandlingUnit
from services.grid.units.repository import UnitRepository
from shared.auth.principal import Principal
from shared.auth.scope import is_inside
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class Units:
    """Use cases of handling units."""

    def __init__(self, context: UseCaseContext) -> None:
        self._units = UnitRepository(context.session)

    async def create(self, principal: Principal, *, area: str, department: str, name: str) -> HandlingUnit:
        """A unit that serves `area` and everything below. Raises `NotFound` outside areas and departments."""
        principal.department_scope("unit.manage").require(area, department)
        unit = HandlingUnit(id=new_id(), area=area, department=department, name=name, active=True)
        self._units.add(unit)
        return unit

    async def active(self, unit_id: UUID) -> HandlingUnit:
        """The unit. Raises `UnitUnknown` if there is none, or it is no longer active."""
        unit = await self._units.get(unit_id)
        if unit is None or not unit.active:
            raise UnitUnknown(unit_id)
        return unit

    async def serving(self, unit_id: UUID, area: str) -> HandlingUnit:
        """The unit, if it serves the area. Raises `UnitUnknown`, `UnitOutOfArea`."""
        unit = await self.active(unit_id)
        if not is_inside(area, unit.area):
            raise UnitOutOfArea(unit_id)
        return unit

    async def page(
        self, principal: Principal, *, serving: str | None = None, after: UUID | None = None, limit: int = 50
    ) -> Sequence[HandlingUnit]:
        """Active units to which incidents of the caller's areas may go: of the own department, if the grant names one.

        `serving`: only those for this area.
        """
        scope = principal.department_scope("incident.read")
        return await self._units.page(scope, serving=serving, after=after, limit=limit)
