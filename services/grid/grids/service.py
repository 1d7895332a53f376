"""Draw, close, read and locate grids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import shapely
from shapely.geometry import Polygon
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grids.domain import (
    GridAlreadyClosed,
    GridCodeTaken,
    GridDateInvalid,
    GridIndex,
    GridKind,
    GridOverlaps,
    GridSuccessorUnknown,
    GridVillageUnknown,
    Placed,
    Ring,
    first_overlap,
    polygon_of,
)
from services.grid.grids.models import Grid
from services.grid.grids.repository import GridRepository
from services.grid.states import grid_state
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.grid.grids import GridClosed, GridDrawn, GridRestated
from shared.contracts.registry.areas import AreaState
from shared.errors import NotFound, VersionMismatch
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_many

VILLAGE_DIGITS = 12


@dataclass(frozen=True)
class NewGrid:
    """A grid to be drawn; without `valid_from` it begins today."""

    code: str
    kind: GridKind
    polygon: Ring
    synthetic: bool = False
    valid_from: date | None = None


class Grids:
    """`index` is the process's own and outlives the request."""

    def __init__(self, context: UseCaseContext, index: GridIndex) -> None:
        self.context = context
        self.index = index
        self.grids = GridRepository(context.session)

    async def draw(self, principal: Principal, new: NewGrid) -> Grid:
        """One grid. Raises as `draw_all`."""
        return (await self.draw_all(principal, [new]))[0]

    async def draw_all(self, principal: Principal, news: Sequence[NewGrid]) -> list[Grid]:
        """Many grids or none. Waits while others draw.

        Raises NotFound for a code outside the caller's areas, GridPolygonInvalid, GridDateInvalid, GridVillageUnknown,
        GridCodeTaken, and GridOverlaps for a polygon over an open grid of its kind (a shared edge is no overlap).
        """
        scope = principal.scope("grid.manage")
        for new in news:
            scope.require(new.code)
        polygons = {new.code: polygon_of(new.polygon) for new in news}
        begins = {new.code: new.valid_from or today(self.context.clock) for new in news}
        for code, day in begins.items():
            if day > today(self.context.clock):
                raise GridDateInvalid(code, detail="起始日期不得晚于今天")
        await self._require_villages(begins)
        changed = await self.grids.lock_drawing()
        taken = await self.grids.taken(polygons)
        if taken or len(polygons) < len(news):
            raise GridCodeTaken(min(taken, default=None))
        await self._require_free(news, polygons)
        return [self._add(new, polygons[new.code], begins[new.code], changed) for new in news]

    async def _require_villages(self, begins: dict[str, date]) -> None:
        codes = {code[:VILLAGE_DIGITS] for code in begins}
        villages = await projected_many(self.context.session, AreaState, codes)
        for code, day in begins.items():
            village = villages.get(code[:VILLAGE_DIGITS])
            if village is None or (village.valid_to is not None and village.valid_to <= day):
                raise GridVillageUnknown(code)

    async def _require_free(self, news: Sequence[NewGrid], polygons: dict[str, Polygon]) -> None:
        for kind, group in groupby(sorted(news, key=lambda new: new.kind), key=lambda new: new.kind):
            drawn = [(new.code, polygons[new.code]) for new in group]
            west, south, east, north = shapely.total_bounds([polygon for _, polygon in drawn]).tolist()
            near = await self.grids.open_in_box(kind, (west, south, east, north))
            standing = [(code, Polygon(ring)) for code, ring in near]
            if (code := first_overlap(drawn, standing)) is not None:
                raise GridOverlaps(code)

    def _add(self, new: NewGrid, polygon: Polygon, begins: date, changed: int) -> Grid:
        west, south, east, north = polygon.bounds
        grid = Grid(
            code=new.code,
            village=new.code[:VILLAGE_DIGITS],
            kind=new.kind,
            polygon=[list(point) for point in new.polygon],
            west=west,
            south=south,
            east=east,
            north=north,
            synthetic=new.synthetic,
            valid_from=begins,
            valid_to=None,
            successors=[],
            version=1,
            changed=changed,
        )
        self.grids.add(grid)
        self.context.outbox.add(GridDrawn(state=grid_state(grid)))
        return grid

    async def close(
        self,
        principal: Principal,
        code: str,
        *,
        closed_on: date,
        successors: Sequence[str],
        expected: int | None = None,
    ) -> Grid:
        """End a grid; `closed_on` is the first day on which it is no more. `expected` is the version the caller saw.

        Raises NotFound, VersionMismatch, GridAlreadyClosed, GridDateInvalid, GridSuccessorUnknown.
        """
        principal.scope("grid.manage").require(code)
        changed = await self.grids.lock_drawing()
        grid = await self.grids.get_locked(code)
        if grid is None:
            raise NotFound
        if expected is not None and grid.version != expected:
            raise VersionMismatch(code)
        if grid.valid_to is not None:
            raise GridAlreadyClosed(code)
        if not grid.valid_from <= closed_on <= today(self.context.clock):
            raise GridDateInvalid(code, detail="撤销日期须在起始日期与今天之间")
        if code in successors or await self.grids.open_codes(successors) != set(successors):
            raise GridSuccessorUnknown(code)
        grid.valid_to, grid.successors, grid.changed = closed_on, sorted(set(successors)), changed
        grid.version += 1
        self.context.outbox.add(GridClosed(state=grid_state(grid)))
        return grid

    async def read(self, principal: Principal, code: str) -> Grid:
        principal.scope("grid.read").require(code)
        grid = await self.grids.get(code)
        if grid is None:
            raise NotFound
        return grid

    async def visible(
        self,
        principal: Principal,
        *,
        area: str | None = None,
        kind: GridKind | None = None,
        is_open: bool | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Sequence[Grid]:
        """Grids in the caller's areas, in the order of their codes. Raises NotFound for an area outside of these."""
        scope = principal.scope("grid.read", within=area).where(Grid.code)
        return await self.grids.visible(scope, kind=kind, is_open=is_open, after=after, limit=limit)

    async def locate(self, longitude: float, latitude: float, kind: GridKind = GridKind.COMPREHENSIVE) -> Placed | None:
        """The open grid of this kind that holds the point, as of what is committed now; None outside of all."""
        await self._refresh()
        return self.index.locate(longitude, latitude, kind)

    async def is_open(self, code: str) -> bool:
        """Whether a grid of this code exists today."""
        return bool(await self.grids.open_codes([code]))

    async def _refresh(self) -> None:
        newest = await self.grids.newest_change()
        if newest < self.index.seen:
            self.index.forget()
        if newest > self.index.seen:
            rows = await self.grids.changed_since(self.index.seen)
            self.index.apply(
                [
                    Placed(row.code, row.kind, Polygon(row.polygon), row.synthetic, row.changed)
                    for row in rows
                    if row.valid_to is None
                ],
                [(row.code, row.changed) for row in rows if row.valid_to is not None],
            )


async def restate_grids(session: AsyncSession, after: str | None, limit: int) -> Sequence[GridRestated]:
    """The next grids' states, rows locked."""
    return [GridRestated(state=grid_state(grid)) for grid in await GridRepository(session).locked_after(after, limit)]
