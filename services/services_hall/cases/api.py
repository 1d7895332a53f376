"""Cases over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.services_hall.cases.schemas import CaseCount, CaseDetailView, CaseView, DecideCase, RefuseCase, SubmitCase
from services.services_hall.deps import Authorised, CasesUse
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall import CaseStatus
from shared.http.errors import problems
from shared.http.etag import etag_of, tagged
from shared.http.idempotency import Idempotent
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page

router = APIRouter(route_class=ServiceRoute, tags=["cases"])

AreaFilter = Annotated[AreaCode | None, Query(description="only cases of counters in this area")]
StatusFilter = Annotated[CaseStatus | None, Query(description="only cases in this status")]
ONCE = [Idempotent]


@router.post(
    "/cases", operation_id="submitCase", status_code=201, responses=problems(404, 409) | tagged(201), dependencies=ONCE
)
async def submit(
    body: SubmitCase, response: Response, principal: Authorised, arrived: MinPosition, cases: CasesUse
) -> CaseView:
    """Open a case at a counter for the person of a signed extract; it pins the item's newest published version."""
    case = await cases.submit(principal, item_id=body.item_id, area=body.area, extract=body.extract)
    response.headers["ETag"] = etag_of(case.version)
    return CaseView.of(case)


@router.get("/cases", operation_id="listCases")
async def list_cases(
    page: PageQuery, principal: Authorised, cases: CasesUse, area: AreaFilter = None, status: StatusFilter = None
) -> Page[CaseView]:
    """Cases in the caller's scope, oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await cases.page(principal, area=area, status=status, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda case: (case.id,))
    return Page(items=[CaseView.of(case) for case in shown], next_cursor=cursor)


@router.get("/cases/count", operation_id="countCases")
async def count(
    principal: Authorised, cases: CasesUse, area: AreaFilter = None, status: StatusFilter = None
) -> CaseCount:
    """How many the list has in all: the same scope, the same filters."""
    return CaseCount(count=await cases.count(principal, area=area, status=status))


@router.get("/cases/{id}", operation_id="getCase", responses=problems(404) | tagged())
async def get(id: UUID, response: Response, principal: Authorised, cases: CasesUse) -> CaseDetailView:
    """A case with its steps."""
    detail = await cases.detail(principal, id)
    response.headers["ETag"] = etag_of(detail.case.version)
    return CaseDetailView.detailed(detail.case, detail.steps)


@router.post("/cases/{id}/receive", operation_id="receiveCase", responses=problems(404, 409), dependencies=ONCE)
async def receive(id: UUID, principal: Authorised, cases: CasesUse) -> CaseView:
    """收件: the counter holds the papers; no clock runs yet."""
    return CaseView.of(await cases.receive(principal, id))


@router.post("/cases/{id}/accept", operation_id="acceptCase", responses=problems(404, 409), dependencies=ONCE)
async def accept(id: UUID, principal: Authorised, cases: CasesUse) -> CaseView:
    """受理: the statutory clock starts and the due date is set (行政许可法 42, 82)."""
    return CaseView.of(await cases.accept(principal, id))


@router.post("/cases/{id}/refuse", operation_id="refuseCase", responses=problems(404, 409), dependencies=ONCE)
async def refuse(id: UUID, body: RefuseCase, principal: Authorised, cases: CasesUse) -> CaseView:
    """不予受理."""
    return CaseView.of(await cases.refuse(principal, id, body.reason))


@router.post("/cases/{id}/decide", operation_id="decideCase", responses=problems(404, 409), dependencies=ONCE)
async def decide(id: UUID, body: DecideCase, principal: Authorised, cases: CasesUse) -> CaseView:
    """准予 or 不予."""
    return CaseView.of(await cases.decide(principal, id, granted=body.granted, reason=body.reason))


@router.post("/cases/{id}/close", operation_id="closeCase", responses=problems(404, 409), dependencies=ONCE)
async def close(id: UUID, principal: Authorised, cases: CasesUse) -> CaseView:
    """办结."""
    return CaseView.of(await cases.close(principal, id))


@router.post("/cases/{id}/withdraw", operation_id="withdrawCase", responses=problems(404, 409), dependencies=ONCE)
async def withdraw(id: UUID, principal: Authorised, cases: CasesUse) -> CaseView:
    """The applicant takes the case back."""
    return CaseView.of(await cases.withdraw(principal, id))
