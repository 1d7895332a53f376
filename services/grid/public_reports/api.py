"""Public reports (随手拍) over HTTP: the open door, and the office's."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.grid.deps import Grid
from services.grid.dictionaries.domain import CategoryUnknown
from services.grid.incidents.api.incidents import NOWHERE
from services.grid.incidents.domain.refusals import IncidentHeldElsewhere, IncidentTransitionError
from services.grid.incidents.schemas.views import SimilarIncidents, SimilarView
from services.grid.public_reports.domain import (
    PublicReportFilter,
    PublicReportJoinWrong,
    PublicReportTooMany,
    PublicReportTransitionError,
)
from services.grid.public_reports.models import PublicReport
from services.grid.public_reports.schemas import (
    AskProgress,
    DismissPublicReport,
    FilePublicReport,
    JoinPublicReport,
    PublicProgressView,
    PublicReceiptView,
    PublicReportCount,
    PublicReportDetail,
    PublicReportView,
    ReportInPublic,
)
from services.grid.public_reports.service.deciding import DECIDE, READ
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.public_reports import PublicReportStatus
from shared.errors import NotYet, ReasonRequired
from shared.http.endpoint import endpoint, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.kit import state_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import CodeWord, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["public-reports"])

QUESTIONS_PER_MINUTE = 20
OPEN: dict[str, Any] = {"permission": None, "scope": "open"}
ASKED: dict[str, Any] = {
    **OPEN,
    "also": [Depends(rate_limited("public_report_progress", per_minute=QUESTIONS_PER_MINUTE))],
}
PublicReportId = Annotated[UUID, Path(description="随手拍标识 id of the report")]


async def _filter(
    area: Annotated[AreaCode | None, Query(description="所属区域 only inside this area")] = None,
    status: Annotated[PublicReportStatus | None, Query(description="状态 only in this status")] = None,
    category: Annotated[CodeWord | None, Query(description="事件类别 only of this category")] = None,
) -> PublicReportFilter:
    return PublicReportFilter(area, status, category)


Wanted = Annotated[PublicReportFilter, Depends(_filter)]


def _answer(report: PublicReport, response: Response) -> PublicReportView:
    response.headers["ETag"] = etag_of(report.version)
    return PublicReportView.model_validate(report)


@router.post(
    "/public-reports",
    **endpoint(
        "reportInPublic",
        "公众随手拍",
        "任何人无需登录即可上报；限次，审核立案后才计入统计。返回查询码，只显示一次。",
        refusals=(429,),
        refuses=(CategoryUnknown, *NOWHERE, NotYet, PublicReportTooMany),
        status=201,
        also=[Depends(rate_limited("public_report"))],
        **OPEN,
    ),
)
async def receive(body: ReportInPublic, request: Request, _: Authorised, grid: Grid) -> PublicReceiptView:
    """Report without a login; the answer shows the progress code, once."""
    client = state_of(request).caller
    return PublicReceiptView.of(await grid.public_receiving.receive(client, body.content()))


@router.post(
    "/public-reports/progress",
    **reads(
        "showPublicProgress",
        "随手拍进度",
        "凭查询码查看办理进度，不显示任何人的信息；无需登录，限次。",
        refusals=(404, 429),
        **ASKED,
    ),
)
async def progress(body: AskProgress, _: Authorised, grid: Grid) -> PublicProgressView:
    """How a report fares, by its progress code."""
    return PublicProgressView.of(await grid.public_receiving.progress(body.progress_code))


@router.post(
    "/public-reports/withdraw",
    **endpoint(
        "withdrawPublicReport",
        "撤回随手拍",
        "上报人凭查询码撤回尚未审核的上报，描述和电话随即清除；无需登录，限次。",
        refusals=(404, 409, 429),
        refuses=(PublicReportTransitionError,),
        **ASKED,
    ),
)
async def withdraw(body: AskProgress, _: Authorised, grid: Grid) -> PublicProgressView:
    """Take a report back that was not decided yet, by its progress code."""
    return PublicProgressView.of(await grid.public_receiving.withdraw(body.progress_code))


@router.get(
    "/public-reports",
    **reads("listPublicReports", "随手拍列表", "您辖区内的公众随手拍，先上报的在前。", permission=READ),
)
async def list_reports(page: PageQuery, wanted: Wanted, principal: Authorised, grid: Grid) -> Page[PublicReportView]:
    """Public reports of your areas, the oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.public_reports.page(principal, wanted, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[PublicReportView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/public-reports/count",
    **reads("countPublicReports", "随手拍计数", "按相同条件列表共有多少条。", permission=READ),
)
async def count(wanted: Wanted, principal: Authorised, grid: Grid) -> PublicReportCount:
    """How many the list with the same filter shows."""
    return PublicReportCount(count=await grid.public_reports.count(principal, wanted))


@router.get(
    "/public-reports/{id}",
    **reads("getPublicReport", "查询随手拍", "一条随手拍及其描述；查看会记入访问记录。", permission=READ, etag=True),
)
async def read(id: PublicReportId, principal: Authorised, grid: Grid, response: Response) -> PublicReportDetail:
    """One report with its words."""
    record = await grid.public_reports.read(principal, id)
    response.headers["ETag"] = etag_of(record.report.version)
    return PublicReportDetail.of(record)


@router.get(
    "/public-reports/{id}/similar",
    **reads(
        "listIncidentsLikePublicReport",
        "随手拍疑似重复",
        "位置相近、类别相同、时间相近的未办结事件，最近的在前，供并入参考。",
        permission=READ,
    ),
)
async def similar(id: PublicReportId, principal: Authorised, grid: Grid) -> SimilarIncidents:
    """Open incidents of the same category near it in place and time."""
    found = await grid.public_reports.similar(principal, id)
    return SimilarIncidents(items=[SimilarView.model_validate(one) for one in found])


@router.post(
    "/public-reports/{id}/file",
    **step(
        "filePublicReport",
        "随手拍立案",
        "据此生成事件并立案，按现行字典确定办理期限。",
        permission=DECIDE,
        refuses=(
            PublicReportTransitionError,
            CategoryUnknown,
            IncidentTransitionError,
            IncidentHeldElsewhere,
            *NOWHERE,
            NotYet,
            ReasonRequired,
        ),
    ),
)
async def file(
    id: PublicReportId,
    body: FilePublicReport,
    expected: Expected,
    principal: Authorised,
    grid: Grid,
    response: Response,
) -> PublicReportView:
    """Make an incident of it, and file that."""
    filed = await grid.public_reports.file(principal, id, body.severity, body.reason, expected=expected)
    return _answer(filed, response)


@router.post(
    "/public-reports/{id}/join",
    **step(
        "joinPublicReport",
        "并入事件",
        "与已有的未办结事件属同一问题的，并入该事件；上报人凭查询码看该事件的进度。",
        permission=DECIDE,
        refuses=(PublicReportTransitionError, PublicReportJoinWrong),
    ),
)
async def join(
    id: PublicReportId,
    body: JoinPublicReport,
    expected: Expected,
    principal: Authorised,
    grid: Grid,
    response: Response,
) -> PublicReportView:
    """It is about an incident that is known already."""
    return _answer(await grid.public_reports.join(principal, id, body.incident_id, expected=expected), response)


@router.post(
    "/public-reports/{id}/dismiss",
    **step(
        "dismissPublicReport",
        "不予受理随手拍",
        "说明理由，不予受理；上报人可看到理由，看不到备注。",
        permission=DECIDE,
        refuses=(PublicReportTransitionError, ReasonRequired),
    ),
)
async def dismiss(
    id: PublicReportId,
    body: DismissPublicReport,
    expected: Expected,
    principal: Authorised,
    grid: Grid,
    response: Response,
) -> PublicReportView:
    """It is not taken up."""
    reports = grid.public_reports
    return _answer(await reports.dismiss(principal, id, body.reason, body.note, expected=expected), response)


@router.post(
    "/public-reports/{id}/take-up-again",
    **step(
        "takeUpPublicReportAgain",
        "撤销随手拍审核",
        "并入或不予受理有误的，恢复为待审核。须用 `If-Match` 指明所见版本。",
        permission=DECIDE,
        refusals=(404, 409, 412, 428),
        refuses=(PublicReportTransitionError,),
    ),
)
async def take_up_again(
    id: PublicReportId, expected: NamedVersion, principal: Authorised, grid: Grid, response: Response
) -> PublicReportView:
    """The decision was a mistake: it is held again."""
    return _answer(await grid.public_reports.take_up_again(principal, id, expected=expected), response)
