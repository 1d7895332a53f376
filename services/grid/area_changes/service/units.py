"""Handling units of areas that change: they serve what their area has become."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.grid.area_changes.service.followers import before
from services.grid.units.repository import UnitRepository
from shared.messaging.context import UseCaseContext


class UnitFollowing:
    """What a change of areas does to units."""

    def __init__(self, context: UseCaseContext) -> None:
        self._units = UnitRepository(context.session)

    async def follow_areas(self, change: UUID, on: date, codes: Mapping[str, str]) -> None:
        """Active units of the areas serve the others. Of two alike in one area the one that was there goes on."""
        for unit in await self._units.active_in_locked(codes):
            place = {"area": unit.area, "until": on.isoformat(), "change": str(change)}
            if await self._units.known(codes[unit.area], unit.department, unit.name):
                unit.active = False
            else:
                unit.area = codes[unit.area]
            unit.former = [*unit.former, place]
            await self._units.flush()

    async def go_back(self, change: UUID, codes: Mapping[str, str]) -> None:
        """Each serves the area that it served before."""
        for unit in await self._units.all_taken(change):
            place = before(unit.former, change)
            assert place is not None, "that is how it was found"
            unit.active = unit.active or unit.area == place[0]
            unit.area, unit.former = place
            await self._units.flush()
