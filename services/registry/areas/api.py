"""The tree of areas over HTTP."""

import hashlib
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.registry.areas.schemas import AreasView, AreaView, Code, ImportAreas, ImportView
from services.registry.deps import Registry
from shared.http.bodies import BULK
from shared.http.endpoint import endpoint, reads
from shared.http.etag import etag_of
from shared.http.route import ServiceRoute
from shared.http.schemas import Day
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["areas"])

AreaPath = Annotated[Code, Path(description="区划代码 code of the area, 2 to 12 digits")]
OnDay = Annotated[Day | None, Query(description="日期 only areas that are valid on that day")]
CACHE = "private, max-age=60"


@router.get(
    "/areas",
    **reads("listRootAreas", "查询顶层区划", "区划树的顶层。", permission="area.read", scope="open", refusals=()),
)
async def roots(_: Authorised, registry: Registry) -> AreasView:
    """Roots of the tree: areas without a parent in it."""
    return AreasView(items=[AreaView.model_validate(area) for area in await registry.areas.roots()])


@router.post(
    "/areas/import",
    **endpoint(
        "importAreas",
        "导入区划",
        "导入区划文件：新区划设立，名称不同的更名，其余不变。",
        permission="area.manage",
        refusals=(404, 409),
        idempotent=True,
        max_body=BULK,
    ),
)
async def import_areas(body: ImportAreas, principal: Authorised, registry: Registry) -> ImportView:
    """Import a division file: new areas are opened, areas with another name renamed, the others left."""
    outcome = await registry.areas.import_file(
        principal,
        ({**row.model_dump(exclude={"level"}), "level": str(row.level)} for row in body.rows),
        valid_from=body.valid_from,
        books_opened_on=body.books_opened_on,
    )
    return ImportView.model_validate(outcome)


@router.get(
    "/areas/{code}", **reads("getArea", "查询区划", "一个区划。", permission="area.read", scope="open", etag=True)
)
async def read(code: AreaPath, _: Authorised, registry: Registry, response: Response) -> AreaView:
    """One area."""
    area = AreaView.model_validate(await registry.areas.read(code))
    response.headers["ETag"] = etag_of(area.version)
    response.headers["Cache-Control"] = CACHE
    return area


@router.get(
    "/areas/{code}/children",
    **reads(
        "listChildAreas",
        "查询下级区划",
        "下一级区划；带 `on` 时只列当日存在的。",
        permission="area.read",
        scope="open",
        etag=True,
    ),
)
async def children(
    code: AreaPath, _: Authorised, registry: Registry, response: Response, on: OnDay = None
) -> AreasView:
    """Areas one level below; with `on`, those that exist on that day."""
    return _areas(await registry.areas.children(code, on=on), response)


@router.get(
    "/areas/{code}/subtree",
    **reads(
        "getSubtree",
        "查询区划树",
        "该区划及其全部下级；带 `on` 时只列当日有效的。",
        permission="area.read",
        scope="open",
        etag=True,
    ),
)
async def subtree(code: AreaPath, _: Authorised, registry: Registry, response: Response, on: OnDay = None) -> AreasView:
    """The area and all below it; with `on`, those valid on that day."""
    return _areas(await registry.areas.subtree(code, on=on), response)


def _areas(areas: Iterable[object], response: Response) -> AreasView:
    """The answer with a tag made of every code and version in it."""
    view = AreasView(items=[AreaView.model_validate(area) for area in areas])
    digest = hashlib.sha256(" ".join(f"{area.code}:{area.version}" for area in view.items).encode())
    response.headers["ETag"] = f'"{digest.hexdigest()[:32]}"'
    response.headers["Cache-Control"] = CACHE
    return view
