"""Incidents of areas that change: what is open goes on where its place lies now, what has ended keeps its code."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.grid.area_changes.service.followers import before
from services.grid.incidents.domain import Step
from services.grid.incidents.models import Incident
from services.grid.incidents.repository import IncidentRepository
from services.grid.incidents.service.history import NO_REMARK, IncidentHistory
from services.grid.incidents.service.incidents import IncidentFollower
from shared.clock import business_day
from shared.contracts.grid.incidents import IncidentBoundaryChanged, IncidentState
from shared.db.compare_and_set import compare_and_set
from shared.messaging.context import UseCaseContext

ACTOR = "area_change"
"""Who takes the step in the history of an incident."""


class IncidentFollowing:
    """What a change of areas does to incidents."""

    def __init__(self, context: UseCaseContext, followers: Sequence[IncidentFollower]) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._incidents = IncidentRepository(context.session)
        self._history = IncidentHistory(context)
        self._followers = followers

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
        moved = await compare_and_set(self._session, incident, area=area, former=former)
        assert moved is not None, "the row is locked"
        self._history.record(moved, ACTOR, Step.BOUNDARY, NO_REMARK, unit_id=moved.unit_id)
        for follower in self._followers:
            await follower.follow(moved)
        self._outbox.add(IncidentBoundaryChanged(state=IncidentState.model_validate(moved)))
