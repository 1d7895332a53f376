"""Visits over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.grid.deps import Authorised, VisitsUse
from services.grid.visits.domain import VisitFilter
from services.grid.visits.schemas import RecordVisit, VisitCountView, VisitView
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.grid import VisitStatus
from shared.http.errors import problems
from shared.http.etag import etag_of, tagged
from shared.http.idempotency import Idempotent
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page

router = APIRouter(route_class=ServiceRoute, tags=["visits"])


async def _filter(
    area: Annotated[AreaCode | None, Query(description="only inside this area")] = None,
    status: VisitStatus | None = None,
    overdue: Annotated[bool | None, Query(description="true: only those past their day")] = None,
    person_id: UUID | None = None,
) -> VisitFilter:
    return VisitFilter(area=area, status=status, overdue=overdue, person_id=person_id)


Wanted = Annotated[VisitFilter, Depends(_filter)]


@router.get("/visits", operation_id="listVisits")
async def list_visits(
    page: PageQuery,
    wanted: Wanted,
    _: MinPosition,
    principal: Authorised,
    visits: VisitsUse,
    purpose: Purpose = Purpose.VISIT,
) -> Page[VisitView]:
    """Visits of your areas, those due first at the head."""
    after = None if page.after is None else (date.fromisoformat(page.after[0]), UUID(page.after[1]))
    rows = await visits.visible(principal, wanted, purpose=purpose, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda visit: (visit.due_on, visit.id))
    return Page(items=[VisitView.of(visit, visits.today) for visit in shown], next_cursor=cursor)


@router.get("/visits/count", operation_id="countVisits")
async def count(wanted: Wanted, _: MinPosition, principal: Authorised, visits: VisitsUse) -> VisitCountView:
    """How many the list with the same filter shows."""
    return VisitCountView(total=await visits.count(principal, wanted))


@router.get("/visits/{id}", operation_id="getVisit", responses=problems(404) | tagged())
async def get(
    id: UUID, response: Response, principal: Authorised, visits: VisitsUse, purpose: Purpose = Purpose.VISIT
) -> VisitView:
    """A visit."""
    visit = await visits.read(principal, id, purpose=purpose)
    response.headers["ETag"] = etag_of(visit.version)
    return VisitView.of(visit, visits.today)


@router.post(
    "/visits/{id}/record",
    operation_id="recordVisit",
    responses=problems(404, 409) | tagged(),
    dependencies=[Idempotent],
)
async def record(
    id: UUID, body: RecordVisit, response: Response, principal: Authorised, visits: VisitsUse
) -> VisitView:
    """Record a visit that was paid; the next one becomes due."""
    visit = await visits.record(principal, id, finding=body.finding, done_on=body.done_on, purpose=body.purpose)
    response.headers["ETag"] = etag_of(visit.version)
    return VisitView.of(visit, visits.today)
