"""Cases over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.services_hall.cases.api.answers import ENTERING, MOVING, CaseId, answer
from services.services_hall.cases.domain.codes import Desk
from services.services_hall.cases.domain.refusals import (
    CaseDeemedAccepted,
    CompetentNotExpected,
    GuardianNeeded,
    ItemDoesNotAccept,
    MaterialNotDeferrable,
    MaterialsOutstanding,
    MaterialUnknown,
    NoticeGivenAlready,
    NoticeIncomplete,
    NoticeUntilWrong,
    PromiseTooLate,
    PromiseWrong,
    UnknownCounter,
)
from services.services_hall.cases.schemas.bodies import CheckMaterial, NotifyCase, RefuseCase
from services.services_hall.cases.schemas.entering import SubmitCase
from services.services_hall.cases.schemas.views import CaseCount, CaseDetailView, CaseView
from services.services_hall.deps import Hall
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.cases import CaseStatus
from shared.errors import CodeUnlisted
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["cases"])

AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only cases of counters in this area")]
StatusFilter = Annotated[CaseStatus | None, Query(description="状态 only cases in this status")]
DeskFilter = Annotated[
    Desk | None, Query(description="待办 only what waits for the caller's office: code list `case_desks`")
]
OPENING = (UnknownCounter, ItemDoesNotAccept, *ENTERING)


@router.post(
    "/cases",
    **creates(
        "submitCase",
        "提交办件",
        "在窗口为身份摘要所指的居民，或当场录入的申请人提交办件，沿用事项最新发布的版本。",
        permission="case.submit",
        refuses=OPENING,
    ),
)
async def submit(body: SubmitCase, response: Response, principal: Authorised, _: MinPosition, hall: Hall) -> CaseView:
    """Open a case at a counter for the person of an extract; it pins the item's newest published version."""
    return await answer(hall, await hall.case_submission.submit(principal, body.submission()), response)


@router.post(
    "/cases/draft",
    **creates(
        "draftCase",
        "起草办件",
        "先存为草稿，不编号、不计时；30 天内未提交的自动终止。",
        permission="case.submit",
        refuses=OPENING,
    ),
)
async def draft(body: SubmitCase, response: Response, principal: Authorised, _: MinPosition, hall: Hall) -> CaseView:
    """Begin a case without submitting it."""
    return await answer(hall, await hall.case_submission.draft(principal, body.submission()), response)


@router.post(
    "/cases/{id}/submit",
    **step(
        "submitDraftedCase",
        "提交草稿",
        "提交起草的办件并编号。",
        permission="case.submit",
        refuses=(*MOVING, UnknownCounter, ItemDoesNotAccept),
    ),
)
async def submit_draft(
    id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """Submit a draft: it is numbered."""
    return await answer(hall, await hall.case_submission.submit_draft(principal, id, expected=expected), response)


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
    page: PageQuery,
    principal: Authorised,
    hall: Hall,
    area: AreaFilter = None,
    status: StatusFilter = None,
    desk: DeskFilter = None,
) -> Page[CaseView]:
    """Cases in the caller's scope, oldest first; each is noted in the access log."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await hall.case_reads.page(principal, area=area, status=status, desk=desk, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda case: (case.id,))
    left = await hall.case_reads.remaining(shown)
    return Page(items=[CaseView.shown(case, left[case.id]) for case in shown], next_cursor=cursor)


@router.get(
    "/cases/count",
    **reads("countCases", "办件计数", "按相同范围和条件，列表共有多少件。", permission="case.read", refusals=()),
)
async def count(
    principal: Authorised,
    hall: Hall,
    area: AreaFilter = None,
    status: StatusFilter = None,
    desk: DeskFilter = None,
) -> CaseCount:
    """How many the list has in all: the same scope, the same filters."""
    return CaseCount(count=await hall.case_reads.count(principal, area=area, status=status, desk=desk))


@router.get("/cases/{id}", **reads("getCase", "查询办件", "一件办件及其办理过程。", permission="case.read", etag=True))
async def read(id: CaseId, response: Response, principal: Authorised, hall: Hall) -> CaseDetailView:
    """A case with its steps."""
    detail = await hall.case_reads.read(principal, id)
    response.headers["ETag"] = etag_of(detail.case.version)
    return CaseDetailView.of(detail)


@router.post(
    "/cases/{id}/receive",
    **step(
        "receiveCase",
        "收件",
        "窗口收件；此时不计时。",
        permission="case.handle",
        refuses=MOVING,
    ),
)
async def receive(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """收件: the counter holds the papers; no clock runs yet."""
    return await answer(hall, await hall.case_handling.receive(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/check-material",
    **step(
        "checkCaseMaterial",
        "核对材料",
        "逐份核对申请材料：已提交、未提交、不符合要求，或容缺待补并填写承诺补交日。",
        permission="case.submit",
        refuses=(*MOVING, MaterialUnknown, MaterialNotDeferrable, PromiseWrong, PromiseTooLate),
    ),
)
async def check_material(
    id: CaseId, body: CheckMaterial, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """核对材料: one material is checked off."""
    return await answer(
        hall,
        await hall.case_handling.check_material(
            principal,
            id,
            number=body.number,
            status=body.status,
            promised_on=body.promised_on,
            expected=expected,
        ),
        response,
    )


@router.post(
    "/cases/{id}/notify",
    **step(
        "notifyCase",
        "一次性告知",
        "收件后 5 个工作日内一次性告知需要补正的全部材料；只能告知一次。",
        permission="case.handle",
        refuses=(*MOVING, NoticeGivenAlready, CaseDeemedAccepted, NoticeUntilWrong, MaterialUnknown, NoticeIncomplete),
    ),
)
async def notify(
    id: CaseId, body: NotifyCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """一次性告知: all that is missing, once (行政许可法 32)."""
    return await answer(
        hall,
        await hall.case_handling.notify(
            principal, id, missing=[one.missing() for one in body.materials], until=body.until, expected=expected
        ),
        response,
    )


@router.post(
    "/cases/{id}/supply",
    **step(
        "supplyCase",
        "补齐补正",
        "告知的材料已全部补齐。",
        permission="case.handle",
        refuses=(*MOVING, MaterialsOutstanding),
    ),
)
async def supply(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """补齐补正: what was told as missing is there."""
    return await answer(hall, await hall.case_handling.supply(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/accept",
    **step(
        "acceptCase",
        "受理",
        "受理：法定时限开始计算并确定到期日；收件满 5 个工作日未告知的，自收件日起视为受理"
        "（《行政许可法》第三十二、四十二、八十二条）。",
        permission="case.handle",
        refuses=(*MOVING, MaterialsOutstanding, GuardianNeeded, PromiseTooLate),
    ),
)
async def accept(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """受理: the statutory clock starts and the due date is set (行政许可法 32, 42, 82)."""
    return await answer(hall, await hall.case_handling.accept(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/refuse",
    **step(
        "refuseCase",
        "不予受理",
        "不予受理，须给出理由代码，并告知行政复议和行政诉讼的期限；不计时。",
        permission="case.handle",
        refuses=(*MOVING, CaseDeemedAccepted, CompetentNotExpected, CodeUnlisted),
    ),
)
async def refuse(
    id: CaseId, body: RefuseCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """不予受理: not accepted, with a coded reason and the remedies by law; no clock ran."""
    return await answer(
        hall,
        await hall.case_handling.refuse(
            principal, id, reason=body.reason, competent=body.competent_department, expected=expected
        ),
        response,
    )


@router.post(
    "/cases/{id}/withdraw",
    **step(
        "withdrawCase",
        "撤回办件",
        "申请人撤回办件。",
        permission="case.submit",
        refuses=MOVING,
    ),
)
async def withdraw(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """The applicant takes the case back."""
    return await answer(hall, await hall.case_handling.withdraw(principal, id, expected=expected), response)
