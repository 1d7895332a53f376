"""Incidents over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.grid.deps import Authorised, IncidentRecordsUse, IncidentsUse
from services.grid.incidents.domain import IncidentFilter
from services.grid.incidents.models import Incident
from services.grid.incidents.schemas import (
    CheckIncident,
    DispatchIncident,
    IncidentCountsView,
    IncidentDetail,
    IncidentView,
    ReasonIncident,
    RemarkIncident,
    ReportIncident,
)
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.grid import IncidentStatus
from shared.http.errors import problems
from shared.http.etag import etag_of, tagged
from shared.http.idempotency import Idempotent
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page

router = APIRouter(route_class=ServiceRoute, tags=["incidents"])

STEP_PROBLEMS = problems(404, 409)


async def _filter(
    area: Annotated[AreaCode | None, Query(description="only inside this area")] = None,
    status: IncidentStatus | None = None,
    overdue: Annotated[bool | None, Query(description="true: only open ones past their deadline")] = None,
    unit_id: UUID | None = None,
) -> IncidentFilter:
    return IncidentFilter(area=area, status=status, overdue=overdue, unit_id=unit_id)


Wanted = Annotated[IncidentFilter, Depends(_filter)]


def _answer(incident: Incident, response: Response) -> IncidentView:
    response.headers["ETag"] = etag_of(incident.version)
    return IncidentView.of(incident)


@router.post(
    "/incidents",
    operation_id="reportIncident",
    status_code=201,
    responses=problems(404) | tagged(201),
    dependencies=[Idempotent],
)
async def report(
    body: ReportIncident, response: Response, _: MinPosition, principal: Authorised, incidents: IncidentsUse
) -> IncidentView:
    """Report an incident; a point is located in its grid."""
    return _answer(await incidents.report(principal, body.content()), response)


@router.get("/incidents", operation_id="listIncidents")
async def list_incidents(
    page: PageQuery, wanted: Wanted, principal: Authorised, records: IncidentRecordsUse
) -> Page[IncidentView]:
    """Incidents of your areas and those you reported, newest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await records.visible(principal, wanted, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda incident: (incident.id,))
    return Page(items=[IncidentView.of(incident) for incident in shown], next_cursor=cursor)


@router.get("/incidents/count", operation_id="countIncidents")
async def count(wanted: Wanted, principal: Authorised, records: IncidentRecordsUse) -> IncidentCountsView:
    """How many the list with the same filter shows."""
    return IncidentCountsView.of(await records.counts(principal, wanted))


@router.get("/incidents/{id}", operation_id="getIncident", responses=problems(404) | tagged())
async def get(
    id: UUID,
    response: Response,
    principal: Authorised,
    records: IncidentRecordsUse,
    view: Annotated[Literal["masked", "full"], Query(description="full shows who called, and needs a purpose")] = (
        "masked"
    ),
    purpose: Purpose | None = None,
) -> IncidentDetail:
    """An incident with its free text and its history; who called the hotline, masked or in full."""
    record = await records.read(principal, id, purpose=purpose, full=view == "full")
    response.headers["ETag"] = etag_of(record.incident.version, view)
    return IncidentDetail.of(record)


@router.post(
    "/incidents/{id}/file", operation_id="fileIncident", responses=STEP_PROBLEMS | tagged(), dependencies=[Idempotent]
)
async def file(
    id: UUID, body: RemarkIncident, response: Response, principal: Authorised, incidents: IncidentsUse
) -> IncidentView:
    """立案: it is verified; the deadline is set by the dictionary in force."""
    return _answer(await incidents.file(principal, id, body.remark()), response)


@router.post(
    "/incidents/{id}/reject",
    operation_id="rejectIncident",
    responses=STEP_PROBLEMS | tagged(),
    dependencies=[Idempotent],
)
async def reject(
    id: UUID, body: ReasonIncident, response: Response, principal: Authorised, incidents: IncidentsUse
) -> IncidentView:
    """There is nothing there, or it is none of the grid's."""
    return _answer(await incidents.reject(principal, id, body.remark()), response)


@router.post(
    "/incidents/{id}/dispatch",
    operation_id="dispatchIncident",
    responses=STEP_PROBLEMS | tagged(),
    dependencies=[Idempotent],
)
async def dispatch(
    id: UUID, body: DispatchIncident, response: Response, principal: Authorised, incidents: IncidentsUse
) -> IncidentView:
    """派遣: hand a filed incident to the unit that shall deal with it."""
    return _answer(await incidents.dispatch(principal, id, body.unit_id, body.remark()), response)


@router.post(
    "/incidents/{id}/accept",
    operation_id="acceptIncident",
    responses=STEP_PROBLEMS | tagged(),
    dependencies=[Idempotent],
)
async def accept(
    id: UUID, body: RemarkIncident, response: Response, principal: Authorised, incidents: IncidentsUse
) -> IncidentView:
    """The unit takes it on."""
    return _answer(await incidents.accept(principal, id, body.remark()), response)


@router.post(
    "/incidents/{id}/return",
    operation_id="returnIncident",
    responses=STEP_PROBLEMS | tagged(),
    dependencies=[Idempotent],
)
async def send_back(
    id: UUID, body: ReasonIncident, response: Response, principal: Authorised, incidents: IncidentsUse
) -> IncidentView:
    """退单: the unit sends it back, to be dispatched anew; the deadline stays."""
    return _answer(await incidents.send_back(principal, id, body.remark()), response)


@router.post(
    "/incidents/{id}/feedback",
    operation_id="giveIncidentFeedback",
    responses=STEP_PROBLEMS | tagged(),
    dependencies=[Idempotent],
)
async def give_feedback(
    id: UUID, body: ReasonIncident, response: Response, principal: Authorised, incidents: IncidentsUse
) -> IncidentView:
    """反馈: the unit says that it is done; `reason` is the result's code."""
    return _answer(await incidents.give_feedback(principal, id, body.remark()), response)


@router.post(
    "/incidents/{id}/check", operation_id="checkIncident", responses=STEP_PROBLEMS | tagged(), dependencies=[Idempotent]
)
async def check(
    id: UUID, body: CheckIncident, response: Response, principal: Authorised, incidents: IncidentsUse
) -> IncidentView:
    """核查, by somebody who did not handle it: passed, or back to the unit."""
    return _answer(await incidents.check(principal, id, passed=body.passed, remark=body.remark()), response)


@router.post(
    "/incidents/{id}/close", operation_id="closeIncident", responses=STEP_PROBLEMS | tagged(), dependencies=[Idempotent]
)
async def close(
    id: UUID, body: RemarkIncident, response: Response, principal: Authorised, incidents: IncidentsUse
) -> IncidentView:
    """结案."""
    return _answer(await incidents.close(principal, id, body.remark()), response)
