"""Petitions of areas that change: those that may go on are where their area is now."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.grid.area_changes.service.followers import before
from services.grid.petitions.models import Petition
from services.grid.petitions.service.moving import PetitionMoving
from shared.contracts.grid.petitions import PetitionBoundaryChanged


class PetitionFollowing:
    """What a change of areas does to petitions."""

    def __init__(self, moving: PetitionMoving) -> None:
        self._moving = moving
        self._petitions = moving.petitions

    async def follow_areas(self, change: UUID, on: date, codes: Mapping[str, str]) -> None:
        """Open petitions lie under the other code. Until the day they count where they lay."""
        for one in await self._petitions.in_hand_locked(codes):
            place = {"area": one.area, "until": max(on, one.registered_on).isoformat(), "change": str(change)}
            await self._relocate(one, codes[one.area], [*one.former, place])

    async def go_back(self, change: UUID, codes: Mapping[str, str]) -> None:
        """Whatever went along goes back, also if it has ended since."""
        for one in await self._petitions.all_taken(change):
            if (place := before(one.former, change)) is not None:
                await self._relocate(one, *place)
        for one in await self._petitions.all_in_locked(codes):
            await self._relocate(one, codes[one.area], one.former)

    async def _relocate(self, petition: Petition, area: str, former: list[dict[str, Any]]) -> None:
        await self._moving.follow(petition, PetitionBoundaryChanged, area=area, former=former)
