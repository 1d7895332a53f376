"""Review of cases over HTTP."""

from fastapi import APIRouter, Response

from services.services_hall.cases.api.answers import MOVING, CaseId, answer
from services.services_hall.cases.domain.refusals import (
    CaseNotSent,
    CaseStepsRemain,
    ConsentAskedAlready,
    ConsentNotAsked,
    ConsentOutstanding,
    HandOverWrong,
    MaterialUnknown,
    StepTakenAbove,
)
from services.services_hall.cases.schemas.bodies import (
    AnswerConsent,
    AskConsent,
    DeclineCase,
    HandOverCase,
    SendBackCase,
)
from services.services_hall.cases.schemas.views import CaseView
from services.services_hall.deps import Hall
from services.services_hall.items.domain.refusals import DutyNotOfTown
from shared.errors import CodeUnlisted, ReasonNotExpected, ReasonRequired
from shared.http.endpoint import step
from shared.http.etag import Expected
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["cases"])


@router.post(
    "/cases/{id}/begin-review",
    **step(
        "beginCaseReview",
        "送审",
        "受理后进入事项规定的第一个审查环节；环节在其他单位的，同时移交。",
        permission="case.handle",
        refuses=(*MOVING, CaseStepsRemain),
    ),
)
async def begin_review(
    id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """送审: the first step of the review."""
    return await answer(hall, await hall.case_reviewing.begin_review(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/pass",
    **step(
        "passCaseStep",
        "审查通过本环节",
        "审查通过，进入下一环节；最后一个环节作出决定。",
        permission="case.handle",
        refuses=(*MOVING, CaseStepsRemain, ConsentOutstanding, StepTakenAbove),
    ),
)
async def pass_step(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """审查通过本环节: on to the next step."""
    return await answer(hall, await hall.case_reviewing.pass_step(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/send-back",
    **step(
        "sendBackCase",
        "退回修改",
        "退回较早的环节或窗口，并标明需要修改之处。",
        permission="case.handle",
        refuses=(*MOVING, CaseStepsRemain, MaterialUnknown),
    ),
)
async def send_back(
    id: CaseId, body: SendBackCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """退回修改: back to an earlier step, with marks at what is to be mended."""
    return await answer(
        hall,
        await hall.case_reviewing.send_back(
            principal, id, to=body.to_step, marks=[one.mark() for one in body.marks], expected=expected
        ),
        response,
    )


@router.post(
    "/cases/{id}/hand-over",
    **step(
        "handOverCase",
        "移交办件",
        "上报、交下级或转其他部门、属地；对方签收前仍由本单位办理。",
        permission="case.handle",
        refuses=(*MOVING, HandOverWrong, DutyNotOfTown, CodeUnlisted),
    ),
)
async def hand_over(
    id: CaseId, body: HandOverCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """移交: the file is sent up, down or across."""
    return await answer(
        hall,
        await hall.case_reviewing.hand_over(principal, id, to=body.to.target(), reason=body.reason, expected=expected),
        response,
    )


@router.post(
    "/cases/{id}/take",
    **step(
        "takeCase",
        "签收移交",
        "接收单位签收移交的办件。",
        permission="case.handle",
        refuses=(*MOVING, CaseNotSent),
    ),
)
async def take(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """签收移交: the file lies here from now on."""
    return await answer(hall, await hall.case_reviewing.take(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/decline",
    **step(
        "declineCase",
        "退回移交",
        "接收单位不予签收，办件仍由移交单位办理。",
        permission="case.handle",
        refuses=(*MOVING, CaseNotSent),
    ),
)
async def decline(
    id: CaseId, body: DeclineCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """退回移交: the file stays where it lies."""
    return await answer(
        hall, await hall.case_reviewing.decline(principal, id, reason=body.reason, expected=expected), response
    )


@router.post(
    "/cases/{id}/ask-consent",
    **step(
        "askCaseConsent",
        "征求部门意见",
        "同时征求几个部门的意见（会签）。",
        permission="case.handle",
        refuses=(*MOVING, CodeUnlisted, ConsentAskedAlready),
    ),
)
async def ask_consent(
    id: CaseId, body: AskConsent, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """征求意见: the consent of several departments at the same time."""
    return await answer(
        hall,
        await hall.case_reviewing.ask_consent(principal, id, departments=body.departments, expected=expected),
        response,
    )


@router.post(
    "/cases/{id}/answer-consent",
    **step(
        "answerCaseConsent",
        "答复部门意见",
        "被征求意见的部门答复同意或不同意。",
        permission="case.handle",
        refuses=(*MOVING, ConsentNotAsked, ReasonRequired, ReasonNotExpected),
    ),
)
async def answer_consent(
    id: CaseId, body: AnswerConsent, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """答复意见: by who speaks for that department in the county."""
    return await answer(
        hall,
        await hall.case_reviewing.answer_consent(
            principal,
            id,
            department=body.department,
            agreed=body.agreed,
            reason=body.reason,
            expected=expected,
        ),
        response,
    )
