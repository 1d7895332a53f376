"""Where incidents lie when grids change (网格调整): by their points, by the grid's heir, or as somebody decides."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import Polygon

from services.grid.grids.models import Grid
from services.grid.grids.repository import GridRepository
from services.grid.incidents.domain.lifecycle import Step
from services.grid.incidents.models import Incident
from services.grid.incidents.service.moving import IncidentMoving
from services.grid.incidents.service.places import Places
from services.grid.incidents.service.remarks import Remark
from shared.auth.principal import Principal
from shared.clock import business_day, today
from shared.contracts.grid.incident_steps import IncidentPlaced
from shared.contracts.grid.incidents import IncidentBoundaryChanged
from shared.db.compare_and_set import Seen
from shared.messaging.context import UseCaseContext

ACTOR = "grid_change"
"""Who takes the step in the history of an incident."""


class IncidentPlacing:
    """Use case of who says where an incident lies, and the follower of grids that change or end.

    It raises as those of `Incidents`.
    """

    def __init__(self, context: UseCaseContext, moving: IncidentMoving, places: Places) -> None:
        self._moving = moving
        self._clock = context.clock
        self._session = context.session
        self._grids = GridRepository(context.session)
        self._places = places

    async def place(
        self, principal: Principal, id: UUID, area: str, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """调整所属网格: it lies in this grid or village. What was entered wrong counts there from the beginning.

        Raises `NotFound` for an area outside the caller's, `IncidentAreaUnknown`, `NotYet`.
        """
        seen = await self._moving.begin(principal, id, Step.PLACE, expected)
        principal.department_scope("incident.dispatch").require(area, seen.department)
        await self._places.require_area(area)
        former = seen.former
        if seen.unplaced:
            former = [*former, {"area": seen.area, "until": today(self._clock).isoformat()}]
        changes = {"area": area, "former": former, "unplaced": False}
        return await self._moving.move(principal.subject, seen, Step.PLACE, IncidentPlaced, changes, remark)

    async def changed(self, change: UUID | None, on: date, grids: Collection[Grid]) -> None:
        """Grids ended, were drawn, or have another border: open incidents in them lie where their points do.

        Without a point that a grid holds: in the heir of a grid that ended, or, if it has none, where they did, to be
        decided (`unplaced`). Until the day they count where they lay.
        """
        touched = {grid.code: grid for grid in grids}
        incidents = await self._moving.incidents.open_in_locked(touched)
        if not incidents:
            return
        await self._session.flush()
        standing = await self._grids.open_of({grid.village for grid in grids})
        for incident in incidents:
            grid = touched[incident.area]
            area = _held(incident, grid, standing) or (None if grid.valid_to is None else grid.heir)
            until = max(on, business_day(incident.reported_at)).isoformat()
            lost = area is None and (grid.valid_to is not None or incident.latitude is not None)
            if area is not None and area != incident.area:
                place = {"area": incident.area, "until": until}
                if change is not None:
                    place["change"] = str(change)
                await self._relocate(incident, area=area, former=[*incident.former, place], unplaced=False)
            elif lost != incident.unplaced:
                await self._relocate(incident, unplaced=lost)

    async def undone(self, change: UUID, grids: Collection[Grid]) -> None:
        """A change is undone: what went along goes back, also if it has ended since; the rest as grids are now."""
        for incident in await self._moving.incidents.all_taken(change):
            number = next(n for n, place in enumerate(incident.former) if place.get("change") == str(change))
            back, former = incident.former[number]["area"], incident.former[:number]
            await self._relocate(incident, area=back, former=former, unplaced=False)
        await self.changed(change, today(self._clock), grids)

    async def closed(self, grid: Grid) -> None:
        """A grid ended by itself (`GridFollower`)."""
        assert grid.valid_to is not None, "it ended"
        await self.changed(None, grid.valid_to, [grid])

    async def _relocate(self, incident: Incident, **changes: Any) -> None:
        await self._moving.follow(ACTOR, incident, Step.BOUNDARY, IncidentBoundaryChanged, **changes)


def _held(incident: Incident, grid: Grid, standing: Sequence[Grid]) -> str | None:
    """The open grid of the same kind and net that holds the incident's point: its own if it may, else the smallest."""
    if incident.longitude is None or incident.latitude is None:
        return incident.area if grid.valid_to is None else None
    point = shapely.Point(incident.longitude, incident.latitude)
    alike = [one for one in standing if (one.kind, one.net) == (grid.kind, grid.net)]
    holding = [one.code for one in alike if Polygon(one.polygon).intersects(point)]
    return incident.area if incident.area in holding else min(holding, default=None)
