"""Receptions by leaders in areas that change: those that are planned are where their town is now."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.grid.area_changes.service.followers import before
from services.grid.receptions.models import Reception
from services.grid.receptions.repository import ReceptionRepository
from shared.db.compare_and_set import compare_and_set
from shared.messaging.context import UseCaseContext


class ReceptionFollowing:
    """What a change of areas does to the roster. Nothing falls away: the same post of two towns receives twice."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._receptions = ReceptionRepository(context.session)

    async def follow_areas(self, change: UUID, on: date, codes: Mapping[str, str]) -> None:
        """Planned receptions are of the other area."""
        for one in await self._receptions.planned_locked(codes):
            place = {"area": one.area, "until": on.isoformat(), "change": str(change)}
            await self._relocate(one, codes[one.area], [*one.former, place])

    async def go_back(self, change: UUID, codes: Mapping[str, str]) -> None:
        """Whatever went along goes back, also if it was held since."""
        for one in await self._receptions.all_taken(change):
            if (place := before(one.former, change)) is not None:
                await self._relocate(one, *place)
        for one in await self._receptions.all_in_locked(codes):
            await self._relocate(one, codes[one.area], one.former)

    async def _relocate(self, reception: Reception, area: str, former: list[dict[str, Any]]) -> None:
        moved = await compare_and_set(self._session, reception, area=area, former=former, moved=True)
        assert moved is not None, "the row is locked"
