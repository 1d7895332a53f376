"""Incidents (事件) over HTTP: reported, listed, read."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.grid.deps import Grid
from services.grid.dictionaries.domain import CategoryUnknown
from services.grid.incidents.api.answers import PHOTOS, IncidentId, answer
from services.grid.incidents.domain.codes import IncidentLevel
from services.grid.incidents.domain.refusals import (
    IncidentAreaUnknown,
    IncidentNotLocated,
    IncidentPointOutsideArea,
    OfficialSource,
)
from services.grid.incidents.domain.rules import IncidentFilter
from services.grid.incidents.schemas.bodies import ReportIncident
from services.grid.incidents.schemas.views import (
    IncidentCountsView,
    IncidentDetail,
    IncidentView,
    SimilarIncidents,
    SimilarView,
)
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.incidents import IncidentStatus
from shared.errors import NotYet, PurposeRequired
from shared.files.domain import FileDamaged
from shared.files.store import NoStore
from shared.http.endpoint import creates, reads
from shared.http.etag import etag_of
from shared.http.files import download
from shared.http.kit import kit_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["incidents"])

NOWHERE = (IncidentNotLocated, IncidentAreaUnknown, IncidentPointOutsideArea)


async def _filter(
    area: Annotated[AreaCode | None, Query(description="所属区域 only inside this area")] = None,
    status: Annotated[IncidentStatus | None, Query(description="状态 only in this status")] = None,
    overdue: Annotated[
        bool | None,
        Query(description="超期 true: only open ones past the time for the next step; false: only the others"),
    ] = None,
    unit_id: Annotated[UUID | None, Query(description="处置单位 only those that this unit has")] = None,
    level: Annotated[
        IncidentLevel | None, Query(description="承办层级 only those that this level's office has")
    ] = None,
    unplaced: Annotated[
        bool | None, Query(description="待定网格 true: only those whose grid is no more; false: only the others")
    ] = None,
    supervised: Annotated[
        bool | None, Query(description="督办 true: only those that a level above supervises; false: only the others")
    ] = None,
) -> IncidentFilter:
    return IncidentFilter(area, status, overdue, unit_id, level, unplaced, supervised)


Wanted = Annotated[IncidentFilter, Depends(_filter)]


@router.post(
    "/incidents",
    **creates(
        "reportIncident",
        "上报事件",
        "上报事件；有坐标点的，自动定位到网格。在辖区之外上报的，按居民身份处理。",
        permission="incident.report",
        scope="own",
        refusals=(404, 409, 429),
        also=[Depends(rate_limited("incident_report"))],
        refuses=(CategoryUnknown, OfficialSource, *NOWHERE, NotYet, *PHOTOS),
    ),
)
async def report(
    body: ReportIncident, response: Response, _: MinPosition, principal: Authorised, grid: Grid
) -> IncidentView:
    """Report an incident; a point is located in its grid. Outside their areas people report as residents (居民)."""
    return answer(await grid.incident_reporting.report(principal, body.content()), response)


@router.get(
    "/incidents",
    **reads(
        "listIncidents",
        "事件列表",
        "您辖区内的和您本人上报的事件，最新的在前。",
        permission="incident.read",
        scope="own",
        refusals=(),
    ),
)
async def list_incidents(page: PageQuery, wanted: Wanted, principal: Authorised, grid: Grid) -> Page[IncidentView]:
    """Incidents of your areas and those you reported, newest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.incident_records.page(principal, wanted, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda incident: (incident.id,))
    return Page(items=[IncidentView.model_validate(incident) for incident in shown], next_cursor=cursor)


@router.get(
    "/incidents/count",
    **reads(
        "countIncidents", "事件计数", "按相同条件列表共有多少件。", permission="incident.read", scope="own", refusals=()
    ),
)
async def count(wanted: Wanted, principal: Authorised, grid: Grid) -> IncidentCountsView:
    """How many the list with the same filter shows."""
    return IncidentCountsView.model_validate(await grid.incident_records.counts(principal, wanted))


@router.get(
    "/incidents/{id}",
    **reads(
        "getIncident",
        "查询事件",
        "事件详情、文字描述和办理过程；来电人信息可脱敏或完整查看。",
        permission="incident.read",
        scope="own",
        etag=True,
        refuses=(PurposeRequired,),
    ),
)
async def get(
    id: IncidentId,
    response: Response,
    principal: Authorised,
    grid: Grid,
    view: Annotated[
        Literal["masked", "full"], Query(description="视图 full shows who called the hotline, and needs a purpose")
    ] = ("masked"),
    purpose: Annotated[Purpose | None, Query(description="用途 why it is read; kept in the access log")] = None,
) -> IncidentDetail:
    """An incident with its free text, its history and who called the hotline, masked or in full."""
    record = await grid.incident_records.read(principal, id, purpose=purpose, full=view == "full")
    response.headers["ETag"] = etag_of(record.incident.version, view)
    return IncidentDetail.model_validate(record)


@router.get(
    "/incidents/{id}/similar",
    **reads(
        "listSimilarIncidents",
        "疑似重复事件",
        "位置相近、类别相同、时间相近的未办结事件，最近的在前，供并案参考。",
        permission="incident.read",
    ),
)
async def similar(id: IncidentId, principal: Authorised, grid: Grid) -> SimilarIncidents:
    """Open incidents of the same category near it in place and time."""
    found = await grid.incident_merging.similar(principal, id)
    return SimilarIncidents(items=[SimilarView.model_validate(one) for one in found])


def _photo() -> dict[str, Any]:
    given = reads(
        "getIncidentPhoto",
        "查看事件照片",
        "事件办理各环节的照片；上报人只能查看自己提交的。每次查看留痕。",
        permission="incident.read",
        scope="own",
        refuses=(FileDamaged, NoStore),
    )
    binary = {"schema": {"type": "string", "format": "binary"}}
    shown = {"description": "the content", "content": {"application/octet-stream": binary}}
    return {**given, "responses": {**given["responses"], 200: shown}, "response_class": Response}


@router.get("/incidents/{id}/photos/{photo}", **_photo())
async def photo(
    id: IncidentId,
    photo: Annotated[UUID, Path(description="照片标识 id of the photo, as the history names it")],
    request: Request,
    principal: Authorised,
    grid: Grid,
) -> Response:
    """The content of a photo, to be saved and never to be run by the browser."""
    found = await grid.incident_records.photo(principal, id, photo)
    content = kit_of(request).archive.content(found.id, found.key)
    return await download(content, found.kind.media_type, found.name or f"{found.id}", size=found.size)
