"""Drawing of grids (划定): what is asked of a polygon before it stands, and the rows and events of each step.

For use cases that hold the drawing lock: `lock` comes first. Who may draw where is asked by the callers.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import Polygon

from services.grid.grids.domain import (
    ACCURACY,
    NEAR,
    Border,
    CoordinateSystem,
    GridCodeTaken,
    GridDateInvalid,
    GridFarAway,
    GridInOtherTown,
    GridOverlaps,
    GridVillageUnknown,
    NewGrid,
    Outline,
    Ring,
    default_group,
    first_far_away,
    first_in_other_town,
    first_overlap,
)
from services.grid.grids.models import Grid
from services.grid.grids.repository import Box, GridRepository
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.grid.grids import GridClosed, GridDrawn, GridRedrawn, GridReopened, GridState
from shared.contracts.registry.areas import AreaState
from shared.db.compare_and_set import compare_and_set
from shared.errors import NotYet, VersionMismatch
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_many
from shared.reference.areas import village_of


class GridDrawing:
    """Checks and steps of drawing, for whoever holds the drawing lock."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._grids = GridRepository(context.session)

    async def lock(self) -> int:
        """Wait for others who draw. Returns the number of this change."""
        return await self._grids.lock_drawing()

    async def villages(self, begins: Mapping[str, date], paths: Mapping[str, str]) -> Mapping[str, AreaState]:
        """The villages of these grids, each of which is to exist on the day its grid begins.

        Raises `GridDateInvalid`, `GridVillageUnknown`, and `NotYet` for a village that has not arrived here.
        """
        for code, day in begins.items():
            if day > today(self._clock):
                raise GridDateInvalid.at(f"{paths[code]}valid_from", subject=code, detail="起始日期不得晚于今天")
        villages = await projected_many(self._session, AreaState, {village_of(code) for code in begins})
        for code, day in begins.items():
            village = villages.get(village_of(code))
            if village is None:
                detail = "尚未收到该村（社区）的信息：若刚刚设立，请稍后重试；否则请核对代码。"
                raise NotYet.at(f"{paths[code]}code", subject=code, detail=detail)
            if not village.is_valid_on(day):
                raise GridVillageUnknown.at(f"{paths[code]}code", subject=code)
        return villages

    async def require_unused(self, codes: Collection[str], paths: Mapping[str, str]) -> None:
        """Raises `GridCodeTaken` for codes that were ever used."""
        if taken := await self._grids.taken(codes):
            raise GridCodeTaken.at(*(f"{paths[code]}code" for code in sorted(taken)))

    async def require_free(
        self, drawn: Sequence[Outline], rings: Mapping[str, str], *, instead_of: Collection[str] = ()
    ) -> None:
        """Ask whether these polygons may lie where they lie, once the grids `instead_of` are gone from there.

        `rings`: where each polygon stands in the body.
        Raises `GridOverlaps`, `GridInOtherTown`, `GridFarAway`.
        """
        west, south, east, north = shapely.total_bounds([one.polygon for one in drawn]).tolist()
        near = await self._grids.open_in_box(Box(west=west, south=south, east=east, north=north))
        standing = [one for one in near if one.code not in instead_of]
        if (code := first_overlap(drawn, standing)) is not None:
            raise GridOverlaps.at(rings[code], subject=code)
        if (code := first_in_other_town(drawn, standing)) is not None:
            raise GridInOtherTown.at(rings[code], subject=code)
        if (code := first_far_away(drawn, await self._homes(drawn))) is not None:
            raise GridFarAway.at(rings[code], subject=code)

    async def _homes(self, drawn: Sequence[Outline]) -> dict[str, list[Polygon]]:
        """Where the open grids of the drawn grids' villages lie, or of their town or county while there are none."""
        homes: dict[str, list[Polygon]] = {}
        sought = {village_of(one.code) for one in drawn}
        for level in NEAR:
            found = await self._grids.open_boxes({code[:level] for code in sought}, level)
            homes |= {area: [box.polygon for box in boxes] for area, boxes in found.items()}
            sought = {code for code in sought if code[:level] not in found}
            if not sought:
                break
        return homes

    def add(
        self,
        new: NewGrid,
        polygon: Polygon,
        village: AreaState,
        *,
        changed: int,
        by: str | None,
        change: UUID | None = None,
    ) -> Grid:
        """A grid that begins."""
        begins = new.valid_from or today(self._clock)
        group = default_group(new.code, new.kind, new.net, village.kind)
        grid = Grid(
            code=new.code,
            village=village_of(new.code),
            kind=new.kind,
            net=new.net,
            name=new.name,
            villagers_group=group if new.villagers_group is None else new.villagers_group or None,
            synthetic=new.synthetic,
            valid_from=begins,
            valid_to=None,
            successors=[],
            heir=None,
            version=1,
            changed=changed,
            **_lying(new.border.in_wgs84, polygon),
        )
        self._grids.add(grid)
        self._note_border(grid, new.system, begins, by, change)
        self._outbox.add(GridDrawn(state=GridState.model_validate(grid)))
        return grid

    async def redraw(
        self, grid: Grid, border: Border, polygon: Polygon, since: date, *, changed: int, by: str, change: UUID
    ) -> Grid:
        """Another border of a grid that goes on."""
        moved = await self._move(grid, GridRedrawn, changed=changed, **_lying(border.in_wgs84, polygon))
        self._note_border(moved, border.system, since, by, change)
        return moved

    async def back_to(self, grid: Grid, ring: Sequence[Sequence[float]], *, changed: int) -> Grid:
        """The border that a grid had before a change that is undone."""
        lying = _lying(tuple((x, y) for x, y in ring), Polygon(ring))
        return await self._move(grid, GridRedrawn, changed=changed, **lying)

    async def close(self, grid: Grid, day: date, successors: Sequence[str], *, heir: str | None, changed: int) -> Grid:
        """A grid that ends. `heir`: where its residents live of whom nothing else was said."""
        ends = {"valid_to": day, "successors": sorted(set(successors)), "heir": heir}
        return await self._move(grid, GridClosed, changed=changed, **ends)

    async def reopen(self, grid: Grid, *, changed: int) -> Grid:
        """A grid whose end is undone."""
        return await self._move(grid, GridReopened, changed=changed, valid_to=None, successors=[], heir=None)

    async def _move(self, grid: Grid, fact: type[Fact[GridState]], **changes: Any) -> Grid:
        moved = await compare_and_set(self._session, grid, **changes)
        if moved is None:
            raise VersionMismatch(grid.code)
        self._outbox.add(fact(state=GridState.model_validate(moved)))
        return moved

    def _note_border(
        self, grid: Grid, system: CoordinateSystem, since: date, by: str | None, change: UUID | None
    ) -> None:
        self._grids.add_border(
            grid,
            since=since,
            coordinate_system=str(system),
            accuracy=ACCURACY[system],
            change_id=change,
            drawn_by=by,
            drawn_at=self._clock.now(),
        )


def _lying(ring: Ring, polygon: Polygon) -> dict[str, Any]:
    west, south, east, north = polygon.bounds
    return {"polygon": [list(point) for point in ring], "west": west, "south": south, "east": east, "north": north}
