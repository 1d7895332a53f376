"""Visits (走访) over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.grid.deps import Grid
from services.grid.visits.domain import (
    VisitDateInvalid,
    VisitFilter,
    VisitNotDue,
    VisitNothingToTakeBack,
    VisitRecordTaken,
    VisitRecordWrong,
)
from services.grid.visits.models import Visit
from services.grid.visits.schemas import RecordVisit, VisitCountView, VisitView
from services.grid.visits.service.visits import AboutVisit
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.visits import VisitStatus
from shared.http.endpoint import reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["visits"])

Seen = Annotated[Purpose, Query(description="用途 why the visits are looked at; kept in the access log")]
VisitId = Annotated[UUID, Path(description="走访标识 id of the visit")]


async def _filter(
    principal: Authorised,
    area: Annotated[AreaCode | None, Query(description="走访地 only inside this area")] = None,
    status: Annotated[VisitStatus | None, Query(description="状态 only in this status")] = None,
    overdue: Annotated[
        bool | None, Query(description="超期 true: only those that are due and past their day; false: only the others")
    ] = None,
    person_id: Annotated[UUID | None, Query(description="走访对象 only to this person")] = None,
    mine: Annotated[bool, Query(description="本人 true: only those that you are to pay or paid")] = False,
    missed: Annotated[
        bool | None, Query(description="漏访 true: only those that became an incident; false: only the others")
    ] = None,
) -> VisitFilter:
    worker = principal.subject if mine else None
    return VisitFilter(area, status, overdue, person_id, worker, missed)


Wanted = Annotated[VisitFilter, Depends(_filter)]


@router.get(
    "/visits", **reads("listVisits", "走访列表", "您辖区内的走访，到期早的在前。", permission="visit.read", refusals=())
)
async def list_visits(
    page: PageQuery,
    wanted: Wanted,
    _: MinPosition,
    principal: Authorised,
    grid: Grid,
    purpose: Seen = Purpose.VISIT,
) -> Page[VisitView]:
    """Visits of your areas, those due first at the head."""
    after = None if page.after is None else (date.fromisoformat(page.after[0]), UUID(page.after[1]))
    rows = await grid.visits.page(principal, wanted, purpose=purpose, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda visit: (visit.due_on, visit.id))
    about = await grid.visits.about(shown)
    items = [VisitView.of(visit, grid.visits.today, about.get(visit.id, AboutVisit())) for visit in shown]
    return Page(items=items, next_cursor=cursor)


@router.get(
    "/visits/count",
    **reads("countVisits", "走访计数", "按相同条件列表共有多少次。", permission="visit.read", refusals=()),
)
async def count(wanted: Wanted, _: MinPosition, principal: Authorised, grid: Grid) -> VisitCountView:
    """How many the list with the same filter shows."""
    return VisitCountView(count=await grid.visits.count(principal, wanted))


@router.get(
    "/visits/{id}",
    **reads("getVisit", "查询走访", "一次走访；查看会记入该居民的访问记录。", permission="visit.read", etag=True),
)
async def get(
    id: VisitId, response: Response, principal: Authorised, grid: Grid, purpose: Seen = Purpose.VISIT
) -> VisitView:
    """A visit; noted in the access log of the person."""
    visit = await grid.visits.read(principal, id, purpose=purpose)
    return await _answer(grid, visit, response)


@router.post(
    "/visits/{id}/record",
    **step(
        "recordVisit",
        "登记走访",
        "登记已完成的走访，并生成下一次；未遇到人的，本次仍待完成。",
        permission="visit.record",
        refuses=(VisitNotDue, VisitDateInvalid, VisitRecordWrong, VisitRecordTaken),
    ),
)
async def record(
    id: VisitId, body: RecordVisit, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> VisitView:
    """Record a visit that was paid, and the next one becomes due; or that nobody was met, and it stays due."""
    visit = await grid.visits.record(
        principal,
        id,
        finding=body.finding,
        done_on=body.done_on,
        record_id=body.record_id,
        purpose=body.purpose,
        expected=expected,
    )
    return await _answer(grid, visit, response)


@router.post(
    "/visits/{id}/take-back",
    **step(
        "takeBackVisit",
        "撤回走访登记",
        "撤回误登的走访，或最后一次未遇；已排定的下一次随之取消。须用 `If-Match` 指明所见版本。",
        permission="visit.record",
        refusals=(404, 409, 412, 428),
        refuses=(VisitNothingToTakeBack,),
    ),
)
async def take_back(
    id: VisitId, expected: NamedVersion, response: Response, principal: Authorised, grid: Grid
) -> VisitView:
    """What was recorded last was a mistake: the visit is due again."""
    return await _answer(grid, await grid.visits.take_back(principal, id, expected=expected), response)


async def _answer(grid: Grid, visit: Visit, response: Response) -> VisitView:
    response.headers["ETag"] = etag_of(visit.version)
    about = await grid.visits.about([visit])
    return VisitView.of(visit, grid.visits.today, about.get(visit.id, AboutVisit()))
