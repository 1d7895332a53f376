"""Cases over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.services_hall.cases.models import Case
from services.services_hall.cases.schemas import CaseCount, CaseDetailView, CaseView, DecideCase, RefuseCase, SubmitCase
from services.services_hall.deps import Authorised, CasesUse
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.cases import CaseStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import etag_of
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page

router = APIRouter(route_class=ServiceRoute, tags=["cases"])

CaseId = Annotated[UUID, Path(description="办件标识 id of the case")]

AreaFilter = Annotated[AreaCode | None, Query(description="only cases of counters in this area")]
StatusFilter = Annotated[CaseStatus | None, Query(description="only cases in this status")]


@router.post("/cases", **creates("submitCase", "提交办件", permission="case.submit"))
async def submit(
    body: SubmitCase, response: Response, principal: Authorised, arrived: MinPosition, cases: CasesUse
) -> CaseView:
    """Open a case at a counter for the person of a signed extract; it pins the item's newest published version."""
    case = await cases.submit(principal, item_id=body.item_id, area=body.area, extract=body.extract)
    return _answer(case, response)


@router.get("/cases", **reads("listCases", "办件列表", permission="case.read", refusals=()))
async def list_cases(
    page: PageQuery, principal: Authorised, cases: CasesUse, area: AreaFilter = None, status: StatusFilter = None
) -> Page[CaseView]:
    """Cases in the caller's scope, oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await cases.page(principal, area=area, status=status, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda case: (case.id,))
    return Page(items=[CaseView.of(case) for case in shown], next_cursor=cursor)


@router.get("/cases/count", **reads("countCases", "办件计数", permission="case.read", refusals=()))
async def count(
    principal: Authorised, cases: CasesUse, area: AreaFilter = None, status: StatusFilter = None
) -> CaseCount:
    """How many the list has in all: the same scope, the same filters."""
    return CaseCount(count=await cases.count(principal, area=area, status=status))


@router.get("/cases/{id}", **reads("getCase", "查询办件", permission="case.read", etag=True))
async def get(id: CaseId, response: Response, principal: Authorised, cases: CasesUse) -> CaseDetailView:
    """A case with its steps."""
    detail = await cases.detail(principal, id)
    response.headers["ETag"] = etag_of(detail.case.version)
    return CaseDetailView.detailed(detail.case, detail.steps)


@router.post("/cases/{id}/receive", **step("receiveCase", "收件", permission="case.handle"))
async def receive(id: CaseId, response: Response, principal: Authorised, cases: CasesUse) -> CaseView:
    """收件: the counter holds the papers; no clock runs yet."""
    return _answer(await cases.receive(principal, id), response)


@router.post("/cases/{id}/accept", **step("acceptCase", "受理", permission="case.handle"))
async def accept(id: CaseId, response: Response, principal: Authorised, cases: CasesUse) -> CaseView:
    """受理: the statutory clock starts and the due date is set (行政许可法 42, 82)."""
    return _answer(await cases.accept(principal, id), response)


@router.post("/cases/{id}/refuse", **step("refuseCase", "不予受理", permission="case.handle"))
async def refuse(id: CaseId, body: RefuseCase, response: Response, principal: Authorised, cases: CasesUse) -> CaseView:
    """不予受理."""
    return _answer(await cases.refuse(principal, id, body.reason), response)


@router.post("/cases/{id}/decide", **step("decideCase", "办结决定", permission="case.decide"))
async def decide(id: CaseId, body: DecideCase, response: Response, principal: Authorised, cases: CasesUse) -> CaseView:
    """准予 or 不予."""
    return _answer(await cases.decide(principal, id, granted=body.granted, reason=body.reason), response)


@router.post("/cases/{id}/close", **step("closeCase", "结案", permission="case.handle"))
async def close(id: CaseId, response: Response, principal: Authorised, cases: CasesUse) -> CaseView:
    """办结."""
    return _answer(await cases.close(principal, id), response)


@router.post("/cases/{id}/withdraw", **step("withdrawCase", "撤回办件", permission="case.submit"))
async def withdraw(id: CaseId, response: Response, principal: Authorised, cases: CasesUse) -> CaseView:
    """The applicant takes the case back."""
    return _answer(await cases.withdraw(principal, id), response)


def _answer(case: Case, response: Response) -> CaseView:
    response.headers["ETag"] = etag_of(case.version)
    return CaseView.of(case)
