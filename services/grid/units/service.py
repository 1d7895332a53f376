"""Handling units (处置单位): made known, listed, looked up for dispatching."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.grid.grids.service.standing import require_standing
from services.grid.units.domain import UnitAreaUnknown, UnitOutOfArea, UnitUnknown
from services.grid.units.models import HandlingUnit
from services.grid.units.repository import UnitRepository
from shared.auth.principal import Principal
from shared.auth.scope import is_inside
from shared.clock import today
from shared.errors import CodeUnlisted
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class Units:
    """Use cases of handling units."""

    def __init__(self, context: UseCaseContext, departments: Collection[str]) -> None:
        self._session = context.session
        self._clock = context.clock
        self._units = UnitRepository(context.session)
        self._departments = departments

    async def create(self, principal: Principal, *, area: str, department: str, name: str) -> HandlingUnit:
        """A unit that serves `area` and everything below.

        Raises `NotFound` outside areas and departments, `CodeUnlisted` for a department that the county does not have,
        `UnitAreaUnknown`, and `NotYet` for an area that has not arrived here.
        """
        principal.department_scope("unit.manage").require(area, department)
        if department not in self._departments:
            raise CodeUnlisted.at("department")
        await require_standing(self._session, area, today(self._clock), UnitAreaUnknown)
        unit = HandlingUnit(id=new_id(), area=area, department=department, name=name, active=True, former=[])
        self._units.add(unit)
        return unit

    async def serving(self, principal: Principal, unit_id: UUID, area: str) -> HandlingUnit:
        """The unit, if it is active and serves the area.

        Raises `UnitOutOfArea` for one that the caller's list shows, else `UnitUnknown`: of a unit elsewhere nobody
        learns that there is one.
        """
        unit = await self._units.get(unit_id)
        if unit is not None and unit.active and is_inside(area, unit.area):
            return unit
        if await self._units.shows(principal.department_scope("incident.read"), unit_id):
            raise UnitOutOfArea.at("unit_id", subject=unit_id)
        raise UnitUnknown.at("unit_id", subject=unit_id)

    async def page(
        self, principal: Principal, *, serving: str | None = None, after: UUID | None = None, limit: int = 50
    ) -> Sequence[HandlingUnit]:
        """Active units to which incidents of the caller's areas may go: of the own department, if the grant names one.

        `serving`: only those for this area.
        """
        scope = principal.department_scope("incident.read")
        return await self._units.page(scope, serving=serving, after=after, limit=limit)
