"""Undoing of changes of grids (撤销网格调整): all is as it was, unless something rests on it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from shapely.geometry import Polygon

from services.grid.grid_changes.domain import TRANSITIONS, GridChangeRestedOn, GridChangeStatus, GridChangeUndone
from services.grid.grid_changes.models import GridChange
from services.grid.grid_changes.repository import GridChangeRepository
from services.grid.grid_changes.service.changes import DRAWN, ENDED, MANAGE, REDRAWN, GridChangeFollower
from services.grid.grids.domain import Outline
from services.grid.grids.models import Grid
from services.grid.grids.repository import GridRepository
from services.grid.grids.service.drawing import GridDrawing
from services.grid.residence_proposals.service.proposals import ResidenceProposals
from shared.auth.principal import Principal
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import FieldError, NotFound
from shared.messaging.context import UseCaseContext


class GridChangeUndoing:
    """Use case of undoing. Others who draw are waited for."""

    def __init__(
        self,
        context: UseCaseContext,
        proposals: ResidenceProposals,
        followers: Sequence[GridChangeFollower] = (),
    ) -> None:
        self._followers = followers
        self._session = context.session
        self._clock = context.clock
        self._changes = GridChangeRepository(context.session)
        self._grids = GridRepository(context.session)
        self._drawing = GridDrawing(context)
        self._proposals = proposals

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen = None) -> GridChange:
        """Undo a change: its grids are as they were before, and whoever it proposed elsewhere is proposed back.

        Raises `NotFound`, `VersionMismatch`, `GridChangeUndone`, `GridChangeRestedOn` with the grids that have changed
        again since, and what drawing raises if others lie by now where a border goes back.
        """
        scope = principal.scope(MANAGE)
        changed = await self._drawing.lock()
        change = await self._changes.locked(id)
        if change is None or not scope.allows(change.village):
            raise NotFound(id)
        scope.require(*(one["code"] for one in change.grids))
        require_version(change, expected)
        if GridChangeStatus.UNDONE not in TRANSITIONS[GridChangeStatus(change.status)]:
            raise GridChangeUndone(id)
        grids = await self._grids.all_locked([one["code"] for one in change.grids])
        borders = await self._grids.borders_of(id)
        again = [code for code, grid in grids.items() if not _is_as_left(change, grid, borders.get(code))]
        if again:
            errors = [FieldError(code, GridChangeRestedOn.code, "该网格之后又有调整") for code in again]
            raise GridChangeRestedOn(id, errors=errors)
        await self._require_free_again(change, grids)
        versions = await self._go_back(change, grids, changed)
        await self._grids.take_back(id)
        ends = [(one["code"], one["version"]) for one in change.grids if one["did"] == ENDED]
        await self._proposals.go_back(id, versions, ends)
        undone = {"undone_by": principal.subject, "undone_at": self._clock.now()}
        moved = await compare_and_set(self._session, change, status=str(GridChangeStatus.UNDONE), **undone)
        assert moved is not None, "the row is locked"
        after = await self._grids.all_locked(list(grids))
        for follower in self._followers:
            await follower.undone(id, list(after.values()))
        return moved

    async def _require_free_again(self, change: GridChange, grids: Mapping[str, Grid]) -> None:
        before = {one["code"]: one["polygon"] for one in change.grids if one["did"] == REDRAWN}
        before |= {code: grids[code].polygon for code in change.codes(ENDED)}
        outlines = [Outline(code, Polygon(ring), grids[code].kind, grids[code].net) for code, ring in before.items()]
        await self._drawing.require_free(outlines, dict.fromkeys(before, "grids"), instead_of=grids)

    async def _go_back(self, change: GridChange, grids: Mapping[str, Grid], changed: int) -> Mapping[str, int]:
        """Write the grids as they were. Answers the version of each."""
        ended, versions = change.codes(ENDED), dict[str, int]()
        for one in change.grids:
            grid = grids[one["code"]]
            match one["did"]:
                case "drawn":
                    heir = ended[0] if len(ended) == 1 else None
                    after = await self._drawing.close(grid, grid.valid_from, ended, heir=heir, changed=changed)
                case "ended":
                    after = await self._drawing.reopen(grid, changed=changed)
                case _:
                    after = await self._drawing.back_to(grid, one["polygon"], changed=changed)
            versions[grid.code] = after.version
        return versions


def _is_as_left(change: GridChange, grid: Grid, border: list[Any] | None) -> bool:
    """Whether a grid is as a change left it: ended for the same, or open within the border that came with it."""
    if border is None:
        return grid.valid_to == change.effective_on and grid.successors == sorted(change.codes(DRAWN))
    return grid.valid_to is None and grid.polygon == border
