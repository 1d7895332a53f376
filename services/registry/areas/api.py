"""The tree of areas over HTTP."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.registry.areas.schemas import AbolishArea, AreasView, AreaView, Code, ImportAreas, ImportView
from services.registry.deps import Authorised, Registry
from shared.http.errors import problems
from shared.http.etag import etag_of, tagged
from shared.http.idempotency import Idempotent
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute, tags=["areas"])

AreaPath = Annotated[Code, Path()]
CACHE = "private, max-age=60"


@router.get("/areas", operation_id="listRootAreas", responses=problems())
async def roots(_: Authorised, registry: Registry) -> AreasView:
    """Where the tree begins."""
    return AreasView(items=[AreaView.model_validate(area) for area in await registry.areas.roots()])


@router.post("/areas/import", operation_id="importAreas", dependencies=[Idempotent], responses=problems(404, 409))
async def import_areas(body: ImportAreas, principal: Authorised, registry: Registry) -> ImportView:
    """Take over a division file: new areas open, other names rename, everything else stays."""
    outcome = await registry.areas.import_file(
        principal,
        ({**row.model_dump(exclude={"level"}), "level": str(row.level)} for row in body.rows),
        valid_from=body.valid_from,
        opening_day=body.opening_day,
    )
    return ImportView.model_validate(outcome)


@router.get("/areas/{code}", operation_id="getArea", responses=problems(404) | tagged())
async def read(code: AreaPath, _: Authorised, registry: Registry, response: Response) -> AreaView:
    """One area."""
    area = AreaView.model_validate(await registry.areas.read(code))
    response.headers["ETag"] = etag_of(area.version)
    response.headers["Cache-Control"] = CACHE
    return area


@router.get("/areas/{code}/children", operation_id="listChildAreas", responses=problems(404) | tagged())
async def children(
    code: AreaPath, _: Authorised, registry: Registry, response: Response, on: date | None = None
) -> AreasView:
    """One step down; with `on`, those that exist on that day."""
    return _areas(await registry.areas.children(code, on=on), response)


@router.get("/areas/{code}/subtree", operation_id="getSubtree", responses=problems(404) | tagged())
async def subtree(
    code: AreaPath, _: Authorised, registry: Registry, response: Response, on: date | None = None
) -> AreasView:
    """The area and all below it; with `on`, those that exist on that day."""
    return _areas(await registry.areas.subtree(code, on=on), response)


@router.post(
    "/areas/{code}/abolish", operation_id="abolishArea", dependencies=[Idempotent], responses=problems(404, 409)
)
async def abolish(code: AreaPath, body: AbolishArea, principal: Authorised, registry: Registry) -> AreaView:
    """End a code; successors carry on. Residents move by events."""
    area = await registry.areas.abolish(principal, code, valid_to=body.valid_to, successors=body.successors)
    return AreaView.model_validate(area)


def _areas(areas: Iterable[object], response: Response) -> AreasView:
    """The answer with a tag made of every code and version in it."""
    view = AreasView(items=[AreaView.model_validate(area) for area in areas])
    digest = hashlib.sha256(" ".join(f"{area.code}:{area.version}" for area in view.items).encode())
    response.headers["ETag"] = f'"{digest.hexdigest()[:32]}"'
    response.headers["Cache-Control"] = CACHE
    return view
