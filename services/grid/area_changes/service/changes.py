"""Following of changes of areas: each is carried out here once, before those that stand on it."""

from collections.abc import Sequence

from services.grid.area_changes.service.followers import AreaFollower
from services.grid.area_changes.service.grids import GridRecoding
from shared.contracts.registry.area_changes import AreaChangeState
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.area_changes import to_follow


class AreaChanges:
    """Use case of grid when areas change. Work that has ended keeps its code and is found through the lineage."""

    def __init__(self, context: UseCaseContext, grids: GridRecoding, followers: Sequence[AreaFollower]) -> None:
        self._session = context.session
        self._grids = grids
        self._followers = followers

    async def follow(self, changes: Sequence[AreaChangeState]) -> None:
        """Carry out what was carried out there, and undo what was undone; doing it again changes nothing."""
        undone, done = await to_follow(self._session, changes)
        for change in undone:
            await self._go_back(change)
        for change in done:
            await self._carry_out(change)

    async def _carry_out(self, change: AreaChangeState) -> None:
        areas = {one.origin: one.to for one in change.moves if one.to is not None}
        grids = await self._grids.follow(change, areas)
        for follower in self._followers:
            await follower.follow_areas(change.id, change.effective_on, {**areas, **grids})

    async def _go_back(self, change: AreaChangeState) -> None:
        codes = await self._grids.go_back(change.id)
        for follower in self._followers:
            await follower.go_back(change.id, codes)
