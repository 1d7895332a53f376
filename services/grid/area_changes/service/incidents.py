"""Incidents of areas that change: what is open goes on where its place lies now, what has ended keeps its code."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.grid.area_changes.service.followers import before
from services.grid.incidents.domain.lifecycle import Step
from services.grid.incidents.models import Incident
from services.grid.incidents.service.moving import IncidentMoving
from shared.clock import business_day
from shared.contracts.grid.incidents import IncidentBoundaryChanged

ACTOR = "area_change"
"""Who takes the step in the history of an incident."""


class IncidentFollowing:
    """What a change of areas does to incidents."""

    def __init__(self, moving: IncidentMoving) -> None:
        self._moving = moving
        self._incidents = moving.incidents

    async def follow_areas(self, change: UUID, on: date, codes: Mapping[str, str]) -> None:
        """Open incidents go on under the other code. Until the day they count where they lay."""
        for one in await self._incidents.open_in_locked(codes):
            until = max(on, business_day(one.reported_at)).isoformat()
            place = {"area": one.area, "until": until, "change": str(change)}
            await self._relocate(one, codes[one.area], [*one.former, place])

    async def go_back(self, change: UUID, codes: Mapping[str, str]) -> None:
        """Whatever went along goes back, also if it has ended since; what was reported in a new grid, with that."""
        for one in await self._incidents.all_taken(change):
            if (place := before(one.former, change)) is not None:
                await self._relocate(one, *place)
        for one in await self._incidents.all_in_locked(codes):
            await self._relocate(one, codes[one.area], one.former)

    async def _relocate(self, incident: Incident, area: str, former: list[dict[str, Any]]) -> None:
        await self._moving.follow(ACTOR, incident, Step.BOUNDARY, IncidentBoundaryChanged, area=area, former=former)
