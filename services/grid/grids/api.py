"""Grids (网格) over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.grid.deps import Grid
from services.grid.grids import models
from services.grid.grids.domain import (
    GridAlreadyClosed,
    GridAxesSwapped,
    GridCodeTaken,
    GridDateInvalid,
    GridFarAway,
    GridHasHole,
    GridInOtherTown,
    GridKind,
    GridNet,
    GridOverlaps,
    GridPolygonInvalid,
    GridSuccessorUnknown,
    GridVillageUnknown,
)
from services.grid.grids.schemas.geojson import DrawGeoJson, FeatureView, GridsAsGeoJson
from services.grid.grids.schemas.grids import (
    Borders,
    BorderView,
    CloseGrid,
    DrawGrid,
    DrawGrids,
    GridsDrawn,
    GridSummary,
    GridView,
    LocatePoint,
    LocatePoints,
    LocationView,
    PointsLocated,
)
from shared.contracts.envelope import AreaCode
from shared.errors import NotYet
from shared.http.bodies import BULK
from shared.http.endpoint import creates, reads, step
from shared.http.etag import IfMatch, etag_of
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["grids"])

DRAWING = (
    GridPolygonInvalid,
    GridAxesSwapped,
    GridDateInvalid,
    GridVillageUnknown,
    GridCodeTaken,
    GridFarAway,
    GridOverlaps,
    GridInOtherTown,
    NotYet,
)

Kind = Annotated[GridKind | None, Query(description="网格类别 only of this kind")]
Net = Annotated[GridNet | None, Query(description="所属的网 only of this net")]
Code = Annotated[AreaCode, Path(description="网格代码 code of the grid, 15 digits", examples=["450481114201001"])]


@router.post(
    "/grids",
    **creates(
        "drawGrid",
        "划定网格",
        "划定一个网格。所在村刚刚登记时，可用 `min_position` 等它同步到位。",
        permission="grid.manage",
        refuses=DRAWING,
    ),
)
async def draw(body: DrawGrid, response: Response, _: MinPosition, principal: Authorised, grid: Grid) -> GridView:
    """Draw a grid. `min_position` waits until the village, just registered, has arrived here."""
    found = await grid.grids.draw(principal, body.content())
    return _answer(found, response)


@router.post(
    "/grids/draw",
    **creates(
        "drawGrids",
        "批量划定网格",
        "一次划定多个网格：要么全部成功，要么一个也不生效。",
        permission="grid.manage",
        etag=False,
        refuses=DRAWING,
        max_body=BULK,
    ),
)
async def draw_all(body: DrawGrids, _: MinPosition, principal: Authorised, grid: Grid) -> GridsDrawn:
    """Draw many grids: all or none."""
    drawn = await grid.grids.draw_all(principal, [one.content() for one in body.grids])
    return GridsDrawn(codes=[one.code for one in drawn])


@router.post(
    "/grids/draw-geojson",
    **creates(
        "drawGeoJson",
        "按 GeoJSON 划定网格",
        "一次按 GeoJSON 划定多个网格：要么全部成功，要么一个也不生效。坐标系须注明，一律换算为 WGS 84。",
        permission="grid.manage",
        etag=False,
        refuses=(*DRAWING, GridHasHole),
        max_body=BULK,
    ),
)
async def draw_geojson(body: DrawGeoJson, _: MinPosition, principal: Authorised, grid: Grid) -> GridsDrawn:
    """Draw the grids of a FeatureCollection: all or none."""
    drawn = await grid.grids.draw_all(
        principal, body.content(), path="features.{}.properties.", of_polygon="features.{}.geometry.coordinates"
    )
    return GridsDrawn(codes=[one.code for one in drawn])


@router.post(
    "/grids/locate",
    **reads(
        "locateGrid",
        "定位网格",
        "查询坐标点落在哪个网格。落在公共边界上的，归编码最小的网格。",
        permission="grid.read",
        scope="open",
        refusals=(),
    ),
)
async def locate(body: LocatePoint, principal: Authorised, grid: Grid) -> LocationView:
    """Which grid holds a point. On a shared edge it is the grid with the smallest code."""
    return LocationView.of(await grid.grids.locate(body.content(), body.kind, body.net))


@router.post(
    "/grids/locate-all",
    **reads(
        "locateGrids",
        "批量定位网格",
        "一次查询多个坐标点各落在哪个网格，规则与逐点查询相同。",
        permission="grid.read",
        scope="open",
        refusals=(),
    ),
)
async def locate_all(body: LocatePoints, principal: Authorised, grid: Grid) -> PointsLocated:
    """Which grid holds each of many points."""
    found = await grid.grids.locate_all(body.points, body.kind, body.net)
    return PointsLocated(codes=[None if one is None else one.code for one in found])


@router.get(
    "/grids", **reads("listGrids", "网格列表", "您辖区内的网格，按编码排列。", permission="grid.read", refusals=())
)
async def list_grids(
    page: PageQuery,
    principal: Authorised,
    grid: Grid,
    area: Annotated[AreaCode | None, Query(description="所属区域 only inside this area")] = None,
    kind: Kind = None,
    net: Net = None,
    is_open: Annotated[
        bool | None,
        Query(alias="open", description="存续 true: only those that exist today; false: only the closed ones"),
    ] = None,
) -> Page[GridSummary]:
    """Grids in the order of their codes."""
    after = None if page.after is None else str(page.after[0])
    rows = await grid.grids.page(
        principal, area=area, kind=kind, net=net, is_open=is_open, after=after, limit=page.limit + 1
    )
    shown, cursor = page.cut(rows, key=lambda one: (one.code,))
    return Page(items=[GridSummary.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/grids/geojson",
    **reads(
        "listGridsAsGeoJson",
        "以 GeoJSON 查询网格",
        "您辖区内现有网格的边界，GeoJSON（WGS 84），按编码排列、分页。",
        permission="grid.read",
        refusals=(),
    ),
)
async def geojson(
    page: PageQuery,
    principal: Authorised,
    grid: Grid,
    area: Annotated[AreaCode | None, Query(description="所属区域 only inside this area")] = None,
    kind: Kind = None,
    net: Net = None,
) -> GridsAsGeoJson:
    """Open grids as a FeatureCollection, in the order of their codes."""
    after = None if page.after is None else str(page.after[0])
    rows = await grid.grids.page(
        principal, area=area, kind=kind, net=net, is_open=True, after=after, limit=page.limit + 1
    )
    shown, cursor = page.cut(rows, key=lambda one: (one.code,))
    return GridsAsGeoJson(type="FeatureCollection", features=[FeatureView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/grids/{code}/borders",
    **reads("listGridBorders", "历次边界", "一个网格现在和以往的边界，新的在前。", permission="grid.read"),
)
async def borders(code: Code, principal: Authorised, grid: Grid) -> Borders:
    """Every border that a grid has and had."""
    return Borders(items=[BorderView.model_validate(one) for one in await grid.grids.borders(principal, code)])


@router.get("/grids/{code}", **reads("getGrid", "查询网格", "一个网格及其边界。", permission="grid.read", etag=True))
async def get(code: Code, response: Response, principal: Authorised, grid: Grid) -> GridView:
    """A grid with its polygon."""
    found = await grid.grids.read(principal, code)
    return _answer(found, response)


@router.post(
    "/grids/{code}/close",
    **step(
        "closeGrid",
        "撤销网格",
        "撤销网格；编码今后不再使用。",
        permission="grid.manage",
        refusals=(404, 409, 412, 428),
        refuses=(GridAlreadyClosed, GridDateInvalid, GridSuccessorUnknown),
    ),
)
async def close(
    code: Code, body: CloseGrid, expected: IfMatch, response: Response, principal: Authorised, grid: Grid
) -> GridView:
    """撤销: end a grid; its code is never used again."""
    found = await grid.grids.close(
        principal, code, closed_on=body.closed_on, successors=body.successors, expected=expected
    )
    return _answer(found, response)


def _answer(grid: models.Grid, response: Response) -> GridView:
    response.headers["ETag"] = etag_of(grid.version)
    return GridView.model_validate(grid)
