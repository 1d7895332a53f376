"""Grids (网格): drawn, closed, read, and found for a point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from shapely.geometry import Polygon
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grids.domain import (
    NEAR,
    Closed,
    GridAlreadyClosed,
    GridCodeTaken,
    GridDateInvalid,
    GridFarAway,
    GridIndex,
    GridInOtherTown,
    GridKind,
    GridOverlaps,
    GridSuccessorUnknown,
    GridVillageUnknown,
    Outline,
    Placed,
    Ring,
    first_far_away,
    first_in_other_town,
    first_overlap,
    polygon_of,
)
from services.grid.grids.models import Grid
from services.grid.grids.repository import Box, GridRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.grid.grids import GridClosed, GridDrawn, GridRestated, GridState
from shared.contracts.points import Point
from shared.contracts.registry.areas import AreaState
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound, NotYet, VersionMismatch
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_many
from shared.reference.areas import village_of


@dataclass(frozen=True)
class NewGrid:
    """A grid to be drawn; without `valid_from` it begins today."""

    code: str
    kind: GridKind
    polygon: Ring
    synthetic: bool = False
    valid_from: date | None = None


class Grids:
    """Use cases of grids. `index` is the process's own and outlives the request."""

    def __init__(self, context: UseCaseContext, index: GridIndex) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._index = index
        self._grids = GridRepository(context.session)

    async def draw(self, principal: Principal, new: NewGrid) -> Grid:
        """One grid. Raises as `draw_all`."""
        return (await self.draw_all(principal, [new], path=""))[0]

    async def draw_all(self, principal: Principal, news: Sequence[NewGrid], *, path: str = "grids.{}.") -> list[Grid]:
        """Many grids or none. Waits while others draw. `path`: where a grid stands in the body, `{}` for its index.

        Raises `NotFound` for a code outside the caller's areas, `GridPolygonInvalid`, `GridDateInvalid`,
        `GridVillageUnknown`, `NotYet` for a village that has not arrived here, `GridCodeTaken`, `GridFarAway`,
        `GridOverlaps` for a polygon over an open grid of its kind, and `GridInOtherTown` for one over any open grid of
        another town (a shared edge is no overlap).
        """
        scope = principal.scope("grid.manage")
        for new in news:
            scope.require(new.code)
        paths = {new.code: path.format(index) for index, new in enumerate(news)}
        polygons = {new.code: polygon_of(new.polygon, path=f"{paths[new.code]}polygon") for new in news}
        begins = {new.code: new.valid_from or today(self._clock) for new in news}
        for code, day in begins.items():
            if day > today(self._clock):
                raise GridDateInvalid.at(f"{paths[code]}valid_from", subject=code, detail="起始日期不得晚于今天")
        await self._require_villages(begins, paths)
        changed = await self._grids.lock_drawing()
        taken = await self._grids.taken(polygons)
        if taken or len(polygons) < len(news):
            twice = [new.code for index, new in enumerate(news) if paths[new.code] != path.format(index)]
            raise GridCodeTaken.at(*(f"{paths[code]}code" for code in sorted({*taken, *twice})))
        await self._require_free(news, polygons, paths)
        return [self._add(new, polygons[new.code], begins[new.code], changed) for new in news]

    async def _require_villages(self, begins: Mapping[str, date], paths: Mapping[str, str]) -> None:
        codes = {village_of(code) for code in begins}
        villages = await projected_many(self._session, AreaState, codes)
        for code, day in begins.items():
            village = villages.get(village_of(code))
            if village is None:
                detail = "尚未收到该村（社区）的信息：若刚刚设立，请稍后重试；否则请核对代码。"
                raise NotYet.at(f"{paths[code]}code", subject=code, detail=detail)
            if not village.is_valid_on(day):
                raise GridVillageUnknown.at(f"{paths[code]}code", subject=code)

    async def _require_free(
        self, news: Sequence[NewGrid], polygons: Mapping[str, Polygon], paths: Mapping[str, str]
    ) -> None:
        drawn = [Outline(new.code, polygons[new.code], new.kind) for new in news]
        west, south, east, north = shapely.total_bounds([one.polygon for one in drawn]).tolist()
        standing = await self._grids.open_in_box(Box(west=west, south=south, east=east, north=north))
        if (code := first_overlap(drawn, standing)) is not None:
            raise GridOverlaps.at(f"{paths[code]}polygon", subject=code)
        if (code := first_in_other_town(drawn, standing)) is not None:
            raise GridInOtherTown.at(f"{paths[code]}polygon", subject=code)
        if (code := first_far_away(drawn, await self._homes(drawn))) is not None:
            raise GridFarAway.at(f"{paths[code]}polygon", subject=code)

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

    def _add(self, new: NewGrid, polygon: Polygon, begins: date, changed: int) -> Grid:
        west, south, east, north = polygon.bounds
        grid = Grid(
            code=new.code,
            village=village_of(new.code),
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
        self._grids.add(grid)
        self._outbox.add(GridDrawn(state=GridState.model_validate(grid)))
        return grid

    async def close(
        self,
        principal: Principal,
        code: str,
        *,
        closed_on: date,
        successors: Sequence[str],
        expected: Seen = None,
    ) -> Grid:
        """撤销: end a grid on `closed_on`, the first day on which it is no more. `expected`: the version seen before.

        Raises `NotFound`, `VersionMismatch`, `GridAlreadyClosed`, `GridDateInvalid`, `GridSuccessorUnknown`.
        """
        scope = principal.scope("grid.manage")
        scope.require(code)
        changed = await self._grids.lock_drawing()
        grid = await self._grids.get(code)
        if grid is None:
            raise NotFound
        require_version(grid, expected)
        if grid.valid_to is not None:
            raise GridAlreadyClosed(code)
        if not grid.valid_from <= closed_on <= today(self._clock):
            raise GridDateInvalid.at("closed_on", subject=code, detail="撤销日期须在起始日期与今天之间")
        known = await self._grids.open_codes([one for one in successors if one != code and scope.allows(one)])
        if unknown := [index for index, one in enumerate(successors) if one not in known]:
            raise GridSuccessorUnknown.at(*(f"successors.{index}" for index in unknown), subject=code)
        successors = sorted(set(successors))
        closed = await compare_and_set(self._session, grid, valid_to=closed_on, successors=successors, changed=changed)
        if closed is None:
            raise VersionMismatch(code)
        self._outbox.add(GridClosed(state=GridState.model_validate(closed)))
        return closed

    async def read(self, principal: Principal, code: str) -> Grid:
        """The grid. Raises `NotFound`, also outside the caller's areas."""
        principal.scope("grid.read").require(code)
        grid = await self._grids.get(code)
        if grid is None:
            raise NotFound
        return grid

    async def page(
        self,
        principal: Principal,
        *,
        area: str | None = None,
        kind: GridKind | None = None,
        is_open: bool | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Sequence[Grid]:
        """Grids in the caller's areas, in the order of their codes. Raises `NotFound` for an area outside of these."""
        scope = principal.scope("grid.read", within=area).where(Grid.code)
        return await self._grids.page(scope, kind=kind, is_open=is_open, after=after, limit=limit)

    async def locate(self, point: Point, kind: GridKind = GridKind.COMPREHENSIVE) -> Placed | None:
        """The open grid of this kind that holds the point, as of what is committed now; None outside of all."""
        await self._refresh()
        return self._index.locate(point, kind)

    async def holding(self, point: Point, kind: GridKind = GridKind.COMPREHENSIVE) -> Sequence[Placed]:
        """The open grids of this kind that hold the point: several on a border that they share, by code."""
        await self._refresh()
        return self._index.holding(point, kind)

    async def is_open(self, code: str) -> bool:
        """Whether a grid of this code exists today."""
        return bool(await self._grids.open_codes([code]))

    async def _refresh(self) -> None:
        newest = await self._grids.newest_change()
        if newest < self._index.seen:
            self._index.forget()
        if newest > self._index.seen:
            changes = await self._grids.changed_since(self._index.seen)
            self._index.apply(
                [
                    Placed(one.code, one.kind, Polygon(one.polygon), one.synthetic, one.changed)
                    for one in changes
                    if one.valid_to is None
                ],
                [Closed(one.code, one.changed) for one in changes if one.valid_to is not None],
            )


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[GridRestated]:
    """The next grids' states, rows locked."""
    grids = await GridRepository(session).locked_after(after, limit)
    return [GridRestated(state=GridState.model_validate(grid)) for grid in grids]
