"""Places of incidents (事发位置): the grid that holds the point, or the area that was named."""

from services.grid.grids.service.grids import Grids
from services.grid.grids.service.standing import require_standing
from services.grid.incidents.domain.refusals import IncidentAreaUnknown, IncidentNotLocated, IncidentPointOutsideArea
from shared.auth.scope import Scope, is_inside
from shared.clock import today
from shared.contracts.points import Point
from shared.messaging.context import UseCaseContext
from shared.reference.areas import VILLAGE_DIGITS

VILLAGES = frozenset({VILLAGE_DIGITS})


class Places:
    """Use case of finding where an incident lies."""

    def __init__(self, context: UseCaseContext, grids: Grids) -> None:
        self._session = context.session
        self._clock = context.clock
        self._grids = grids

    async def area_of(self, point: Point | None, area: str | None, *, own: Scope | None = None) -> str:
        """The grid that holds the point; if none does, the area named: a village or an open grid.

        On a border it is the neighbour in the area named, else one in the reporter's `own` areas, else the one with the
        smallest code. Raises `IncidentNotLocated`, `IncidentAreaUnknown`, `NotYet` for a village that has not arrived
        here, and `IncidentPointOutsideArea` if point and area contradict.
        """
        holding = [] if point is None else [grid.code for grid in await self._grids.holding(point)]
        if area is not None:
            await self.require_area(area)
        if not holding:
            if area is None:
                raise IncidentNotLocated.at("point")
            return area
        if area is not None:
            holding = [code for code in holding if is_inside(code, area)]
            if not holding:
                raise IncidentPointOutsideArea.at("point", "area")
        mine = (code for code in holding if own is not None and own.allows(code))
        return next(mine, holding[0])

    async def require_area(self, area: str) -> None:
        """Raises `IncidentAreaUnknown` unless it is a village or an open grid, `NotYet` for a village not arrived."""
        await require_standing(self._session, area, today(self._clock), IncidentAreaUnknown, levels=VILLAGES)
