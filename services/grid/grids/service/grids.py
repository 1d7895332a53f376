"""Grids (网格): drawn, closed, read, and found for a point."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from shapely.geometry import Polygon
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grids.domain import (
    Closed,
    GridAlreadyClosed,
    GridCodeTaken,
    GridDateInvalid,
    GridIndex,
    GridKind,
    GridNet,
    GridSuccessorUnknown,
    NewGrid,
    Outline,
    Placed,
)
from services.grid.grids.models import Grid, GridBorder
from services.grid.grids.repository import GridRepository
from services.grid.grids.service.drawing import GridDrawing
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.grid.grids import GridRestated, GridState
from shared.contracts.points import Point
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.areas import same_village, village_of


class GridFollower(Protocol):
    """What follows the end of a grid."""

    async def closed(self, grid: Grid) -> None:
        """The grid ended; its successors carry on."""
        ...


class Grids:
    """Use cases of grids. `index` is the process's own and outlives the request."""

    def __init__(self, context: UseCaseContext, index: GridIndex, followers: Sequence[GridFollower] = ()) -> None:
        self._followers = followers
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._index = index
        self._grids = GridRepository(context.session)
        self._drawing = GridDrawing(context)

    async def draw(self, principal: Principal, new: NewGrid) -> Grid:
        """One grid. Raises as `draw_all`."""
        return (await self.draw_all(principal, [new], path=""))[0]

    async def draw_all(
        self,
        principal: Principal,
        news: Sequence[NewGrid],
        *,
        path: str = "grids.{}.",
        of_polygon: str | None = None,
    ) -> list[Grid]:
        """Many grids or none. Waits while others draw. `path`: where a grid stands in the body, `{}` for its index;
        `of_polygon`: its polygon, if that does not stand beside its code.

        Raises `NotFound` for a code outside the caller's areas, `GridPolygonInvalid`, `GridAxesSwapped`,
        `GridDateInvalid`, `GridVillageUnknown`, `NotYet` for a village that has not arrived here, `GridCodeTaken`,
        `GridFarAway`, `GridOverlaps` for a polygon over an open grid of its kind and net, and `GridInOtherTown` for one
        over any open grid of another town (a shared edge is no overlap).
        """
        scope = principal.scope("grid.manage")
        for new in news:
            scope.require(new.code)
        paths = {new.code: path.format(index) for index, new in enumerate(news)}
        rings = {new.code: (of_polygon or f"{path}polygon").format(index) for index, new in enumerate(news)}
        polygons = {new.code: new.border.polygon(rings[new.code]) for new in news}
        begins = {new.code: new.valid_from or today(self._clock) for new in news}
        villages = await self._drawing.villages(begins, paths)
        changed = await self._drawing.lock()
        if len(polygons) < len(news):
            twice = [new.code for index, new in enumerate(news) if paths[new.code] != path.format(index)]
            raise GridCodeTaken.at(*(f"{paths[code]}code" for code in sorted(set(twice))))
        await self._drawing.require_unused(polygons, paths)
        await self._drawing.require_free(
            [Outline(new.code, polygons[new.code], new.kind, new.net) for new in news], rings
        )
        by = principal.subject
        return [
            self._drawing.add(new, polygons[new.code], villages[village_of(new.code)], changed=changed, by=by)
            for new in news
        ]

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
        changed = await self._drawing.lock()
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
        heir = successors[0] if len(set(successors)) == 1 and same_village(code, successors[0]) else None
        closed = await self._drawing.close(grid, closed_on, successors, heir=heir, changed=changed)
        for follower in self._followers:
            await follower.closed(closed)
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
        net: GridNet | None = None,
        is_open: bool | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Sequence[Grid]:
        """Grids in the caller's areas, in the order of their codes. Raises `NotFound` for an area outside of these."""
        scope = principal.scope("grid.read", within=area).where(Grid.code)
        return await self._grids.page(scope, kind=kind, net=net, is_open=is_open, after=after, limit=limit)

    async def borders(self, principal: Principal, code: str) -> Sequence[GridBorder]:
        """The borders that a grid has and had, the newest first. Raises `NotFound`."""
        return await self._grids.borders((await self.read(principal, code)).code)

    async def locate(
        self, point: Point, kind: GridKind = GridKind.COMPREHENSIVE, net: GridNet = GridNet.COMMITTEES
    ) -> Placed | None:
        """The open grid of this kind and net that holds the point, as of what is committed now; None outside of all."""
        await self._refresh()
        return self._index.locate(point, kind, net)

    async def locate_all(
        self,
        points: Sequence[tuple[float, float]],
        kind: GridKind = GridKind.COMPREHENSIVE,
        net: GridNet = GridNet.COMMITTEES,
    ) -> Sequence[Placed | None]:
        """The same of many points, (longitude, latitude) each, all as of one moment."""
        await self._refresh()
        return self._index.locate_all(points, kind, net)

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
                    Placed(one.code, one.kind, Polygon(one.polygon), one.synthetic, one.changed, one.net)
                    for one in changes
                    if one.valid_to is None
                ],
                [Closed(one.code, one.changed) for one in changes if one.valid_to is not None],
            )


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[GridRestated]:
    """The next grids' states, rows locked."""
    grids = await GridRepository(session).locked_after(after, limit)
    return [GridRestated(state=GridState.model_validate(grid)) for grid in grids]
