"""Grids of villages that change: the same polygon goes on under a code that begins with the new village's."""

from collections.abc import Mapping
from uuid import UUID

from services.grid.grids.models import Grid
from services.grid.grids.repository import GridRepository
from shared.contracts.grid.grids import GridClosed, GridDrawn, GridRecoded, GridReopened, GridState
from shared.contracts.registry.area_changes import AreaChangeState
from shared.db.compare_and_set import compare_and_set
from shared.messaging.context import UseCaseContext
from shared.reference.areas import next_grid, village_of

SAME = ("kind", "net", "name", "villagers_group", "polygon", "west", "south", "east", "north", "synthetic")
"""What a grid keeps under another code."""


class GridRecoding:
    """What a change of areas does to grids. Others who draw or close grids are waited for."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._grids = GridRepository(context.session)

    async def follow(self, change: AreaChangeState, areas: Mapping[str, str]) -> Mapping[str, str]:
        """Give each open grid of these areas the code that registry told, else one by the same rule.

        Answers which got which. A grid that registry gave to another village than the rest goes there.
        """
        told = {one.origin: one.to for one in change.grids}
        villages = {village_of(one) for one in told} | set(areas)
        targets = {village_of(one) for one in told.values()} | set(areas.values())
        changed = await self._grids.lock_drawing()
        taken, found = await self._grids.codes_of(targets), dict[str, str]()
        for grid in await self._grids.open_of(villages):
            new = told.get(grid.code)
            to = areas.get(grid.village) if new is None else village_of(new)
            if new is None or new in taken:
                new = None if to is None else next_grid(to, grid.code, taken | set(told.values()))
            if new is not None:
                taken.add(new)
                found[grid.code] = new
                await self._recode(grid, new, change, changed)
        return found

    async def go_back(self, change: UUID) -> Mapping[str, str]:
        """The change is undone: each grid that it gave a code has that of before. Answers which had which.

        One whose new code was closed since stays closed: what carries that on holds its land.
        """
        changed, found = await self._grids.lock_drawing(), dict[str, str]()
        for grid in await self._grids.recoded_by(change):
            (code,) = grid.successors
            new = await self._grids.get(code)
            if new is None or new.valid_to is not None:
                continue
            ended = await self._moved(new, valid_to=new.valid_from, successors=[grid.code], changed=changed)
            self._outbox.add(GridClosed(state=GridState.model_validate(ended)))
            again = await self._moved(grid, valid_to=None, successors=[], recoded_by=None, changed=changed)
            self._outbox.add(GridReopened(state=GridState.model_validate(again)))
            found[code] = grid.code
        return found

    async def _recode(self, grid: Grid, code: str, change: AreaChangeState, changed: int) -> None:
        day = max(change.effective_on, grid.valid_from)
        same = {name: getattr(grid, name) for name in SAME}
        ended = await self._moved(grid, valid_to=day, successors=[code], recoded_by=change.id, changed=changed)
        self._outbox.add(GridRecoded(state=GridState.model_validate(ended)))
        new = Grid(
            code=code,
            village=village_of(code),
            valid_from=day,
            valid_to=None,
            successors=[],
            heir=None,
            recoded_by=None,
            version=1,
            changed=changed,
            **same,
        )
        self._grids.add(new)
        await self._grids.copy_border(grid.code, new, day)
        self._outbox.add(GridDrawn(state=GridState.model_validate(new)))

    async def _moved(self, grid: Grid, **changes: object) -> Grid:
        moved = await compare_and_set(self._session, grid, **changes)
        assert moved is not None, "nobody else changes grids meanwhile"
        return moved
