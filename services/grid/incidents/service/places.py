"""Where an incident lies."""

from services.grid.grids.service import VILLAGE_DIGITS, Grids
from services.grid.incidents.domain import IncidentAreaUnknown, IncidentNotLocated, IncidentPointOutsideArea
from shared.auth.scope import is_inside
from shared.clock import today
from shared.contracts.points import Point
from shared.contracts.registry.areas import AreaState
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected


class Places:
    def __init__(self, context: UseCaseContext, grids: Grids) -> None:
        self.context = context
        self.grids = grids

    async def area_of(self, point: Point | None, area: str | None) -> str:
        """The grid that holds the point; where none does, the area named: a village or an open grid.

        Raises IncidentNotLocated, IncidentAreaUnknown, and IncidentPointOutsideArea where the two contradict.
        """
        located = None if point is None else await self.grids.locate(point.longitude, point.latitude)
        if area is not None:
            await self._require_area(area)
        if located is None:
            if area is None:
                raise IncidentNotLocated
            return area
        if area is not None and not is_inside(located.code, area):
            raise IncidentPointOutsideArea
        return located.code

    async def _require_area(self, area: str) -> None:
        if len(area) > VILLAGE_DIGITS:
            if not await self.grids.is_open(area):
                raise IncidentAreaUnknown
            return
        known = await projected(self.context.session, AreaState, area)
        day = today(self.context.clock)
        if known is None or known.level != VILLAGE_DIGITS or (known.valid_to is not None and known.valid_to <= day):
            raise IncidentAreaUnknown
