"""Cases of areas that change: what is open goes on at the counter's area of now, what has ended keeps its code."""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from services.services_hall.cases.domain.lifecycle import CaseAction
from services.services_hall.cases.models import Case
from services.services_hall.cases.service.moving import CaseMoving
from shared.clock import business_day
from shared.contracts.registry.area_changes import AreaChangeState
from shared.contracts.services_hall.cases import CaseBoundaryChanged
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.area_changes import to_follow


class CaseFollower(Protocol):
    """What is kept of a case by the area of its counter."""

    async def relocated(self, case: UUID, origin: str, to: str) -> None:
        """The counter of a case got another area."""
        ...


class CaseFollowing:
    """Use case of the hall when areas change."""

    def __init__(self, context: UseCaseContext, followers: Sequence[CaseFollower] = ()) -> None:
        self._followers = followers
        self._session = context.session
        self._moving = CaseMoving(context)
        self._cases = self._moving.cases

    async def follow(self, changes: Sequence[AreaChangeState]) -> None:
        """Open cases follow what was carried out, and go back with what was undone; again changes nothing."""
        await self._moving.deadlines.hold()
        undone, done = await to_follow(self._session, changes)
        for change in undone:
            await self._go_back(change)
        for change in done:
            await self._carry_out(change)

    async def _carry_out(self, change: AreaChangeState) -> None:
        """Until the day a case counts where its counter was."""
        areas = {one.origin: one.to for one in change.moves if one.to is not None}
        for case in await self._cases.open_in_locked(areas):
            began = case.submitted_at or case.drafted_at
            assert began is not None, "one of the two"
            until = max(change.effective_on, business_day(began)).isoformat()
            place = {"area": case.area, "until": until, "change": str(change.id)}
            await self._relocate(case, areas[case.area], [*case.former, place])

    async def _go_back(self, change: AreaChangeState) -> None:
        """Whatever went along goes back, also if it has ended since."""
        for case in await self._cases.all_taken(change.id):
            number = next(n for n, place in enumerate(case.former) if place.get("change") == str(change.id))
            await self._relocate(case, case.former[number]["area"], case.former[:number])

    async def _relocate(self, case: Case, area: str, former: list[Any]) -> None:
        origin = case.area
        await self._moving.follow(
            "system:area_change", case, CaseAction.BOUNDARY, CaseBoundaryChanged, area=area, former=former
        )
        for follower in self._followers:
            await follower.relocated(case.id, origin, area)
