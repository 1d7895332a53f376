"""Cases of areas that change: what is open goes on at the counter's area of now, what has ended keeps its code."""

from collections.abc import Sequence
from typing import Any

from services.services_hall.cases.models import Case, CaseStep
from services.services_hall.cases.repository import CaseRepository
from shared.clock import business_day
from shared.contracts.registry.area_changes import AreaChangeState
from shared.contracts.services_hall.cases import CaseBoundaryChanged, CaseState
from shared.db.compare_and_set import compare_and_set
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.area_changes import to_follow


class CaseFollowing:
    """Use case of the hall when areas change."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._cases = CaseRepository(context.session)

    async def follow(self, changes: Sequence[AreaChangeState]) -> None:
        """Open cases follow what was carried out, and go back with what was undone; again changes nothing."""
        undone, done = await to_follow(self._session, changes)
        for change in undone:
            await self._go_back(change)
        for change in done:
            await self._carry_out(change)

    async def _carry_out(self, change: AreaChangeState) -> None:
        """Until the day a case counts where its counter was."""
        areas = {one.origin: one.to for one in change.moves if one.to is not None}
        for case in await self._cases.open_in_locked(areas):
            until = max(change.effective_on, business_day(case.submitted_at)).isoformat()
            place = {"area": case.area, "until": until, "change": str(change.id)}
            await self._relocate(case, areas[case.area], [*case.former, place])

    async def _go_back(self, change: AreaChangeState) -> None:
        """Whatever went along goes back, also if it has ended since."""
        for case in await self._cases.all_taken(change.id):
            number = next(n for n, place in enumerate(case.former) if place.get("change") == str(change.id))
            await self._relocate(case, case.former[number]["area"], case.former[:number])

    async def _relocate(self, case: Case, area: str, former: list[Any]) -> None:
        moved = await compare_and_set(self._session, case, area=area, former=former)
        assert moved is not None, "the row is locked"
        at, by = self._clock.now(), "system:area_change"
        self._cases.add(
            CaseStep(case_id=moved.id, version=moved.version, step="boundary", at=at, actor=by, reason=None)
        )
        self._outbox.add(CaseBoundaryChanged(state=CaseState.model_validate(moved)))
