"""The tree of areas over HTTP."""

import hashlib
import re
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.registry.areas.domain import AreaAlreadyAbolished, AreaNotRenamed, AreaRenamedSince
from services.registry.areas.schemas import (
    AreaNamesView,
    AreaNameView,
    AreasView,
    AreaTreeView,
    AreaView,
    Code,
    ImportAreas,
    ImportView,
    RenameArea,
)
from services.registry.areas.service.areas import tag_now
from services.registry.deps import Registry
from shared.errors import FieldError, Invalid
from shared.http.bodies import BULK
from shared.http.endpoint import endpoint, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.kit import RequestState
from shared.http.route import ServiceRoute, has_shortcut, is_known, leave_if_known
from shared.http.schemas import Day
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["areas"])

AreaPath = Annotated[Code, Path(description="区划代码 code of the area, 2 to 12 digits")]
OnDay = Annotated[Day | None, Query(description="日期 only areas that are valid on that day, by their names of then")]
Since = Annotated[
    int | None,
    Query(ge=0, le=2**53, description="上次变更序号 `newest_change` of what the caller has: only what changed since"),
]
CACHE = "private, max-age=60"
CODE, PLAIN = re.compile("[0-9]{2,12}"), re.compile(b"(changed_since=[0-9]{1,15})?")
"""A code and a query that are surely well-formed: what else comes goes the ordinary way."""


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
    "/areas/{code}",
    **reads(
        "getArea",
        "查询区划",
        "一个区划；带 `on` 时为当日的名称。",
        permission="area.read",
        scope="open",
        etag=True,
    ),
)
async def read(code: AreaPath, _: Authorised, registry: Registry, response: Response, on: OnDay = None) -> AreaView:
    """One area; with `on`, by its name of that day."""
    area = AreaView.model_validate(await registry.areas.read(code, on=on))
    response.headers["ETag"] = etag_of(area.version)
    response.headers["Cache-Control"] = CACHE
    return area


@router.get(
    "/areas/{code}/children",
    **reads(
        "listChildAreas",
        "查询下级区划",
        "下一级区划；带 `on` 时只列当日存在的，名称为当日的名称。",
        permission="area.read",
        scope="open",
        etag=True,
        public=True,
    ),
)
async def children(
    code: AreaPath, _: Authorised, registry: Registry, response: Response, on: OnDay = None
) -> AreasView:
    """Areas one level below; with `on`, those that exist on that day."""
    return _areas(await registry.areas.children(code, on=on), response)


async def answer_if_known(request: Request, state: RequestState) -> Response | None:
    """Short way of `subtree` for whoever has it: no transaction, and many who ask at once are one statement."""
    code, query = request.path_params["code"], request.scope["query_string"]
    if "if-none-match" not in request.headers or not CODE.fullmatch(code) or not PLAIN.fullmatch(query):
        return None
    if (tag := await tag_now(state.kit.database, code)) is None:
        return None
    known = Response(status_code=304, headers={"ETag": tag, "Cache-Control": CACHE})
    return known if is_known(request, known) else None


@router.get(
    "/areas/{code}/subtree",
    **reads(
        "getSubtree",
        "查询区划树",
        "该区划及其全部下级；带 `on` 时只列当日有效的，名称为当日的名称；"
        "带 `changed_since` 时只列此后变更过的（含已撤销的），供手机端增量更新。",
        permission="area.read",
        scope="open",
        etag=True,
        public=True,
    ),
)
@has_shortcut(answer_if_known)
async def subtree(
    code: AreaPath,
    _: Authorised,
    registry: Registry,
    request: Request,
    response: Response,
    on: OnDay = None,
    changed_since: Since = None,
) -> AreaTreeView:
    """The area and all below it; with `on`, those valid on that day; with `changed_since`, what changed after it.

    A phone keeps the tree, asks again with `newest_change`, and writes what it gets over what it has: areas are never
    taken out of the tree, they end.
    """
    if on is not None and changed_since is not None:
        raise Invalid(errors=[FieldError("query.changed_since", "not_with_on", "不能与 on 同时使用")])
    stamp = await registry.areas.stamp(code)
    response.headers["ETag"] = stamp.tag
    response.headers["Cache-Control"] = CACHE
    leave_if_known(request, response)
    if changed_since is None:
        tree = await registry.areas.subtree(code, stamp, on=on)
    else:
        tree = await registry.areas.changes(code, stamp, since=changed_since)
    return AreaTreeView(
        items=[AreaView.model_validate(area) for area in tree.items],
        newest_change=tree.newest_change,
        whole=tree.whole,
    )


@router.get(
    "/areas/{code}/names",
    **reads("listAreaNames", "区划历次名称", "该区划用过的名称及起止日期。", permission="area.read", scope="open"),
)
async def names(code: AreaPath, _: Authorised, registry: Registry) -> AreaNamesView:
    """Every name of an area, the first one first; what was undone is not among them."""
    return AreaNamesView(items=[AreaNameView.model_validate(one) for one in await registry.area_names.history(code)])


@router.post(
    "/areas/{code}/rename",
    **step(
        "renameArea",
        "区划更名",
        "区划自某日起更名，代码不变；此前的日期仍用原名。",
        permission="area.manage",
        refuses=(AreaAlreadyAbolished, AreaRenamedSince),
    ),
)
async def rename(
    code: AreaPath,
    body: RenameArea,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> AreaView:
    """Rename an area from a day on: days before show the name of before."""
    area = await registry.area_names.rename(
        principal, code, name=body.name, renamed_on=body.renamed_on, expected=expected
    )
    return _area(area, response)


@router.post(
    "/areas/{code}/undo-rename",
    **step(
        "undoAreaRename",
        "撤销更名",
        "撤销最近一次更名，恢复原名；须用 `If-Match` 指明您看到的版本，以免同一请求撤销两次更名。",
        permission="area.manage",
        refusals=(404, 409, 412, 428),
        refuses=(AreaAlreadyAbolished, AreaNotRenamed),
    ),
)
async def undo_rename(
    code: AreaPath, expected: NamedVersion, principal: Authorised, registry: Registry, response: Response
) -> AreaView:
    """Undo the last renaming of an area."""
    return _area(await registry.area_names.undo(principal, code, expected=expected), response)


def _area(area: object, response: Response) -> AreaView:
    view = AreaView.model_validate(area)
    response.headers["ETag"] = etag_of(view.version)
    return view


def _areas(areas: Iterable[object], response: Response) -> AreasView:
    """The answer with a tag made of every code and version in it."""
    view = AreasView(items=[AreaView.model_validate(area) for area in areas])
    digest = hashlib.sha256(" ".join(f"{area.code}:{area.version}" for area in view.items).encode())
    response.headers["ETag"] = f'"{digest.hexdigest()[:32]}"'
    response.headers["Cache-Control"] = CACHE
    return view
