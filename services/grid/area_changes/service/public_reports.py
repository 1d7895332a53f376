"""Public reports of areas that change: held ones lie where their place lies now."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.grid.area_changes.service.followers import before
from services.grid.public_reports.models import PublicReport
from services.grid.public_reports.repository import PublicReportRepository
from shared.clock import business_day
from shared.contracts.grid.public_reports import PublicReportBoundaryChanged, PublicReportState
from shared.db.compare_and_set import compare_and_set
from shared.messaging.context import UseCaseContext


class PublicReportFollowing:
    """What a change of areas does to public reports."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._reports = PublicReportRepository(context.session)

    async def follow_areas(self, change: UUID, on: date, codes: Mapping[str, str]) -> None:
        """Held reports lie under the other code. Until the day they count where they lay."""
        for one in await self._reports.in_hand_locked(codes):
            until = max(on, business_day(one.reported_at)).isoformat()
            place = {"area": one.area, "until": until, "change": str(change)}
            await self._relocate(one, codes[one.area], [*one.former, place])

    async def go_back(self, change: UUID, codes: Mapping[str, str]) -> None:
        """Whatever went along goes back; what was reported in a new grid, with that."""
        for one in await self._reports.all_taken(change):
            if (place := before(one.former, change)) is not None:
                await self._relocate(one, *place)
        for one in await self._reports.all_in_locked(codes):
            await self._relocate(one, codes[one.area], one.former)

    async def _relocate(self, report: PublicReport, area: str, former: list[dict[str, Any]]) -> None:
        moved = await compare_and_set(self._session, report, area=area, former=former)
        assert moved is not None, "the row is locked"
        self._outbox.add(PublicReportBoundaryChanged(state=PublicReportState.model_validate(moved)))
