"""Staff of grids that get other codes: who works in a grid goes on in the same one under its code."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.grid.area_changes.service.followers import before
from services.grid.staff.repository import StaffRepository
from shared.messaging.context import UseCaseContext


class StaffFollowing:
    """What a change of areas does to staff."""

    def __init__(self, context: UseCaseContext) -> None:
        self._staff = StaffRepository(context.session)

    async def follow_areas(self, change: UUID, on: date, codes: Mapping[str, str]) -> None:
        """Appointments that have not ended go along."""
        for one in await self._staff.all_in_locked(list(codes), on):
            one.former = [*one.former, {"area": one.grid, "until": on.isoformat(), "change": str(change)}]
            one.grid, one.version = codes[one.grid], one.version + 1
        await self._staff.flush()

    async def go_back(self, change: UUID, codes: Mapping[str, str]) -> None:
        """Each is in the grid of before."""
        for one in await self._staff.all_taken(change):
            place = before(one.former, change)
            assert place is not None, "that is how it was found"
            (one.grid, one.former), one.version = place, one.version + 1
        await self._staff.flush()
