"""Incidents (事件) over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.grid.deps import Grid
from services.grid.dictionaries.domain import CategoryUnknown
from services.grid.incidents.domain import (
    HandlerMayNotCheck,
    IncidentAreaUnknown,
    IncidentDeferralTooLate,
    IncidentDeferredAlready,
    IncidentFilter,
    IncidentNotLocated,
    IncidentPointOutsideArea,
    IncidentTransitionError,
    OfficialSource,
)
from services.grid.incidents.models import Incident
from services.grid.incidents.schemas import (
    CheckIncident,
    DeferIncident,
    DispatchIncident,
    FeedbackIncident,
    FileIncident,
    IncidentCountsView,
    IncidentDetail,
    IncidentView,
    RejectIncident,
    RemarkIncident,
    ReportIncident,
    ReturnIncident,
)
from services.grid.units.domain import UnitOutOfArea, UnitUnknown
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.incidents import IncidentStatus
from shared.errors import NotYet, PurposeRequired, ReasonNotExpected, ReasonRequired
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["incidents"])

NOWHERE = (IncidentNotLocated, IncidentAreaUnknown, IncidentPointOutsideArea)

IncidentId = Annotated[UUID, Path(description="事件标识 id of the incident")]


async def _filter(
    area: Annotated[AreaCode | None, Query(description="所属区域 only inside this area")] = None,
    status: Annotated[IncidentStatus | None, Query(description="状态 only in this status")] = None,
    overdue: Annotated[
        bool | None, Query(description="超期 true: only open ones past their deadline; false: only the others")
    ] = None,
    unit_id: Annotated[UUID | None, Query(description="处置单位 only those that this unit has")] = None,
) -> IncidentFilter:
    return IncidentFilter(area=area, status=status, overdue=overdue, unit_id=unit_id)


Wanted = Annotated[IncidentFilter, Depends(_filter)]


def _answer(incident: Incident, response: Response) -> IncidentView:
    response.headers["ETag"] = etag_of(incident.version)
    return IncidentView.model_validate(incident)


@router.post(
    "/incidents",
    **creates(
        "reportIncident",
        "上报事件",
        "上报事件；有坐标点的，自动定位到网格。在辖区之外上报的，按居民身份处理。",
        permission="incident.report",
        scope="own",
        refusals=(404, 429),
        also=[Depends(rate_limited("incident_report"))],
        refuses=(CategoryUnknown, OfficialSource, *NOWHERE, NotYet),
    ),
)
async def report(
    body: ReportIncident, response: Response, _: MinPosition, principal: Authorised, grid: Grid
) -> IncidentView:
    """Report an incident; a point is located in its grid. Outside their areas people report as residents (居民)."""
    return _answer(await grid.incident_reporting.report(principal, body.content()), response)


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


@router.post(
    "/incidents/{id}/file",
    **step(
        "fileIncident",
        "立案",
        "事件核实后立案，按现行字典确定办理期限。",
        permission="incident.file",
        refuses=(IncidentTransitionError, CategoryUnknown),
    ),
)
async def file(
    id: IncidentId, body: FileIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """立案: the incident is verified; the deadline is set by the dictionary in force."""
    filed = await grid.incidents.file(principal, id, body.remark(), treatment=body.treatment, expected=expected)
    return _answer(filed, response)


@router.post(
    "/incidents/{id}/reject",
    **step(
        "rejectIncident",
        "不予立案",
        "查无此事，或不属于网格受理范围，不予立案。",
        permission="incident.file",
        refuses=(IncidentTransitionError, ReasonRequired),
    ),
)
async def reject(
    id: IncidentId, body: RejectIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """不予立案: there is nothing there, or it is none of the grid's."""
    return _answer(await grid.incidents.reject(principal, id, body.remark(), expected=expected), response)


@router.post(
    "/incidents/{id}/dispatch",
    **step(
        "dispatchIncident",
        "派遣",
        "把已立案的事件派给处置单位。",
        permission="incident.dispatch",
        refuses=(IncidentTransitionError, UnitUnknown, UnitOutOfArea),
    ),
)
async def dispatch(
    id: IncidentId, body: DispatchIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """派遣: hand a filed incident to the unit that shall deal with it."""
    return _answer(
        await grid.incidents.dispatch(principal, id, body.unit_id, body.remark(), expected=expected), response
    )


@router.post(
    "/incidents/{id}/accept",
    **step(
        "acceptIncident", "接单", "处置单位接单。", permission="incident.handle", refuses=(IncidentTransitionError,)
    ),
)
async def accept(
    id: IncidentId, body: RemarkIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """接单: the unit takes the incident on."""
    return _answer(await grid.incidents.accept(principal, id, body.remark(), expected=expected), response)


@router.post(
    "/incidents/{id}/return",
    **step(
        "returnIncident",
        "退单",
        "处置单位退单，等待重新派遣；办理期限不变。",
        permission="incident.handle",
        refuses=(IncidentTransitionError, ReasonRequired),
    ),
)
async def send_back(
    id: IncidentId, body: ReturnIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """退单: the unit sends it back, to be dispatched anew; the deadline stays."""
    return _answer(await grid.incidents.send_back(principal, id, body.remark(), expected=expected), response)


@router.post(
    "/incidents/{id}/defer",
    **step(
        "deferIncident",
        "批准缓办",
        "批准缓办：须在期限届满前批准，批准后可超过原期限，不计入应结案数。",
        permission="incident.dispatch",
        refuses=(IncidentTransitionError, IncidentDeferralTooLate, IncidentDeferredAlready, ReasonRequired),
    ),
)
async def defer(
    id: IncidentId, body: DeferIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """缓办: leave to handle it after its deadline, given before that; it is not counted among the due."""
    return _answer(await grid.incidents.defer(principal, id, body.remark(), expected=expected), response)


@router.post(
    "/incidents/{id}/feedback",
    **step(
        "giveIncidentFeedback",
        "处置反馈",
        "处置单位反馈已处置完毕及处置结果。",
        permission="incident.handle",
        refuses=(IncidentTransitionError, ReasonRequired),
    ),
)
async def give_feedback(
    id: IncidentId, body: FeedbackIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """反馈: the unit says that it is done, and with which result."""
    return _answer(await grid.incidents.give_feedback(principal, id, body.remark(), expected=expected), response)


@router.post(
    "/incidents/{id}/check",
    **step(
        "checkIncident",
        "核查",
        "由处置人以外的人员核查：通过，或退回处置单位。",
        permission="incident.check",
        refuses=(IncidentTransitionError, HandlerMayNotCheck, ReasonRequired, ReasonNotExpected),
    ),
)
async def check(
    id: IncidentId, body: CheckIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """核查, by somebody who did not handle it: passed, or back to the unit."""
    moved = await grid.incidents.check(principal, id, passed=body.passed, remark=body.remark(), expected=expected)
    return _answer(moved, response)


@router.post(
    "/incidents/{id}/close",
    **step(
        "closeIncident", "结案", "核查通过的事件结案。", permission="incident.check", refuses=(IncidentTransitionError,)
    ),
)
async def close(
    id: IncidentId, body: RemarkIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """结案: the checked incident is closed."""
    return _answer(await grid.incidents.close(principal, id, body.remark(), expected=expected), response)
