"""What moves the limits and places of rectifications: calendars that are set, areas that change."""

from collections.abc import Sequence
from typing import Any

from services.services_hall.cases.service.following import CaseFollower
from services.services_hall.rectifications.domain import RectificationAction
from services.services_hall.rectifications.models import Rectification
from services.services_hall.rectifications.service.moving import RectificationMoving
from shared.contracts.registry.area_changes import AreaChangeState
from shared.contracts.services_hall.rectifications import RectificationBoundaryChanged, RectificationRescheduled
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.area_changes import to_follow


class RectificationFollowing:
    """Use cases of the hall when calendars and areas change. `followers`: of what is kept by the area of a case."""

    def __init__(self, context: UseCaseContext, followers: Sequence[CaseFollower] = ()) -> None:
        self._followers = followers
        self._moving = RectificationMoving(context)
        self._rows = self._moving.rectifications

    async def reschedule(self) -> int:
        """The calendar was set: limits that run end by it. How many moved, became certain or provisional."""
        await self._moving.deadlines.change()
        moved = 0
        for row in await self._rows.running_locked():
            limit = await self._moving.limit(row.began_on, row.days)
            if (limit["due_on"], limit["due_provisional"]) != (row.due_on, row.due_provisional):
                action = RectificationAction.RESCHEDULE
                await self._moving.follow(row, action, RectificationRescheduled, limit)
                moved += 1
        return moved

    async def follow(self, changes: Sequence[AreaChangeState]) -> None:
        """What has not ended goes along, and back with what was undone; again changes nothing."""
        undone, done = await to_follow(self._moving.session, changes)
        for change in undone:
            for row in await self._rows.all_taken(change.id):
                number = next(n for n, place in enumerate(row.former) if place.get("change") == str(change.id))
                await self._relocate(row, row.former[number]["area"], row.former[:number])
        for change in done:
            areas = {one.origin: one.to for one in change.moves if one.to is not None}
            for row in await self._rows.unended_in_locked(areas):
                until = max(change.effective_on, row.opened_on).isoformat()
                place = {"area": row.area, "until": until, "change": str(change.id)}
                await self._relocate(row, areas[row.area], [*row.former, place])

    async def _relocate(self, row: Rectification, area: str, former: list[Any]) -> None:
        origin, given = row.area, {"area": area, "former": former}
        await self._moving.follow(row, RectificationAction.BOUNDARY, RectificationBoundaryChanged, given)
        for follower in self._followers:
            await follower.relocated(row.case_id, origin, area)
