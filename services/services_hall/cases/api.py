"""Cases over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.services_hall.cases.domain import (
    CaseTransitionError,
    ExtractForOtherUse,
    ExtractRefused,
    ExtractUsed,
    ItemDoesNotAccept,
    UnknownCounter,
)
from services.services_hall.cases.models import Case
from services.services_hall.cases.schemas import CaseCount, CaseDetailView, CaseView, DecideCase, RefuseCase, SubmitCase
from services.services_hall.deps import Hall
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.cases import CaseStatus
from shared.errors import NotYet, ReasonNotExpected, ReasonRequired
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["cases"])

CaseId = Annotated[UUID, Path(description="办件标识 id of the case")]

AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only cases of counters in this area")]
StatusFilter = Annotated[CaseStatus | None, Query(description="状态 only cases in this status")]


@router.post(
    "/cases",
    **creates(
        "submitCase",
        "提交办件",
        "在窗口为身份摘要所指的居民提交办件，沿用事项最新发布的版本。",
        permission="case.submit",
        refuses=(UnknownCounter, ItemDoesNotAccept, ExtractRefused, ExtractForOtherUse, ExtractUsed, NotYet),
    ),
)
async def submit(body: SubmitCase, response: Response, principal: Authorised, _: MinPosition, hall: Hall) -> CaseView:
    """Open a case at a counter for the person of an extract; it pins the item's newest published version."""
    case = await hall.case_submission.submit(principal, item_id=body.item_id, area=body.area, extract=body.extract)
    return _answer(case, response)


@router.get(
    "/cases",
    **reads(
        "listCases",
        "办件列表",
        "您授权范围内的办件，最早的在前；查看会记入访问记录。",
        permission="case.read",
        refusals=(),
    ),
)
async def list_cases(
    page: PageQuery, principal: Authorised, hall: Hall, area: AreaFilter = None, status: StatusFilter = None
) -> Page[CaseView]:
    """Cases in the caller's scope, oldest first; each is noted in the access log."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await hall.case_reads.page(principal, area=area, status=status, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda case: (case.id,))
    return Page(items=[CaseView.model_validate(case) for case in shown], next_cursor=cursor)


@router.get(
    "/cases/count",
    **reads("countCases", "办件计数", "按相同范围和条件，列表共有多少件。", permission="case.read", refusals=()),
)
async def count(principal: Authorised, hall: Hall, area: AreaFilter = None, status: StatusFilter = None) -> CaseCount:
    """How many the list has in all: the same scope, the same filters."""
    return CaseCount(count=await hall.case_reads.count(principal, area=area, status=status))


@router.get("/cases/{id}", **reads("getCase", "查询办件", "一件办件及其办理过程。", permission="case.read", etag=True))
async def read(id: CaseId, response: Response, principal: Authorised, hall: Hall) -> CaseDetailView:
    """A case with its steps."""
    detail = await hall.case_reads.read(principal, id)
    response.headers["ETag"] = etag_of(detail.case.version)
    return CaseDetailView.of(detail)


@router.post(
    "/cases/{id}/receive",
    **step("receiveCase", "收件", "窗口收件；此时不计时。", permission="case.handle", refuses=(CaseTransitionError,)),
)
async def receive(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """收件: the counter holds the papers; no clock runs yet."""
    return _answer(await hall.case_handling.receive(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/accept",
    **step(
        "acceptCase",
        "受理",
        "受理：法定时限开始计算并确定到期日（《行政许可法》第四十二、八十二条）。",
        permission="case.handle",
        refuses=(CaseTransitionError,),
    ),
)
async def accept(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """受理: the statutory clock starts and the due date is set (行政许可法 42, 82)."""
    return _answer(await hall.case_handling.accept(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/refuse",
    **step(
        "refuseCase",
        "不予受理",
        "不予受理，须给出理由代码；不计时。",
        permission="case.handle",
        refuses=(CaseTransitionError,),
    ),
)
async def refuse(
    id: CaseId, body: RefuseCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """不予受理: not accepted, with a coded reason; no clock ran."""
    return _answer(await hall.case_handling.refuse(principal, id, reason=body.reason, expected=expected), response)


@router.post(
    "/cases/{id}/decide",
    **step(
        "decideCase",
        "办结决定",
        "由有权决定者作出准予或不予的决定。",
        permission="case.decide",
        refuses=(CaseTransitionError, ReasonRequired, ReasonNotExpected),
    ),
)
async def decide(
    id: CaseId, body: DecideCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """办结决定: granted (准予) or not (不予), by whoever decides."""
    return _answer(
        await hall.case_handling.decide(principal, id, granted=body.granted, reason=body.reason, expected=expected),
        response,
    )


@router.post(
    "/cases/{id}/close",
    **step("closeCase", "结案", "作出决定的办件结案。", permission="case.handle", refuses=(CaseTransitionError,)),
)
async def close(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """结案: the decided case is closed."""
    return _answer(await hall.case_handling.close(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/withdraw",
    **step("withdrawCase", "撤回办件", "申请人撤回办件。", permission="case.submit", refuses=(CaseTransitionError,)),
)
async def withdraw(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """The applicant takes the case back."""
    return _answer(await hall.case_handling.withdraw(principal, id, expected=expected), response)


def _answer(case: Case, response: Response) -> CaseView:
    response.headers["ETag"] = etag_of(case.version)
    return CaseView.model_validate(case)
