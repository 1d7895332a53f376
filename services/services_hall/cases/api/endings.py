"""Limits and the end of cases over HTTP."""

from fastapi import APIRouter, Response

from services.services_hall.case_effects.domain import CaseEffectIncomplete, CaseEffectOutside, CaseEffectStands
from services.services_hall.cases.api.answers import MOVING, CaseId, answer
from services.services_hall.cases.domain.refusals import (
    CaseAnsweredTogether,
    CaseDeemedAccepted,
    CaseNothingToUndo,
    CaseStepsRemain,
    ConsentOutstanding,
    DeliveryWrong,
    ExtendedAlready,
    ExtensionTooLate,
    ExtensionTooLong,
    MaterialsOutstanding,
    PromiseNotBroken,
    StepTakenAbove,
)
from services.services_hall.cases.schemas.bodies import (
    ArchiveCase,
    BeginSpecial,
    DecideCase,
    DeliverCase,
    ExtendCase,
    SuspendCase,
    UndoCase,
)
from services.services_hall.cases.schemas.views import CaseView
from services.services_hall.deps import Hall
from services.services_hall.items.domain.refusals import DutyNotOfTown
from shared.errors import ReasonNotExpected, ReasonRequired
from shared.http.endpoint import step
from shared.http.etag import Expected, NamedVersion
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["cases"])


@router.post(
    "/cases/{id}/begin-special",
    **step(
        "beginCaseSpecial",
        "进入特别程序",
        "听证、检验、检测、鉴定、专家评审、公示等所需时间不计入时限（《行政许可法》第四十五条）。",
        permission="case.handle",
        refuses=MOVING,
    ),
)
async def begin_special(
    id: CaseId, body: BeginSpecial, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """特别程序: the days that it takes do not count."""
    return await answer(
        hall,
        await hall.case_pausing.begin_special(principal, id, procedure=body.procedure, expected=expected),
        response,
    )


@router.post(
    "/cases/{id}/suspend",
    **step(
        "suspendCase",
        "中止办理",
        "中止办理，中止期间不计时。",
        permission="case.handle",
        refuses=MOVING,
    ),
)
async def suspend(
    id: CaseId, body: SuspendCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """中止: it stands still."""
    return await answer(
        hall, await hall.case_pausing.suspend(principal, id, reason=body.reason, expected=expected), response
    )


@router.post(
    "/cases/{id}/resume",
    **step(
        "resumeCase",
        "恢复办理",
        "特别程序或中止结束，恢复计时并重新计算到期日。",
        permission="case.handle",
        refuses=MOVING,
    ),
)
async def resume(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """恢复办理: it goes on where it stood."""
    return await answer(hall, await hall.case_pausing.resume(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/extend",
    **step(
        "extendCase",
        "延期",
        "到期前经批准延长一次，须说明理由（《行政许可法》第四十二条）。",
        permission="case.decide",
        refuses=(*MOVING, ExtendedAlready, ExtensionTooLate, ExtensionTooLong),
    ),
)
async def extend(
    id: CaseId, body: ExtendCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """延期: once, before the limit has run out."""
    return await answer(
        hall,
        await hall.case_pausing.extend(principal, id, days=body.days, reason=body.reason, expected=expected),
        response,
    )


@router.post(
    "/cases/{id}/decide",
    **step(
        "decideCase",
        "办结决定",
        "由有权决定者作出准予或不予的决定；准予的，按事项规定提请底册登记。",
        permission="case.decide",
        refuses=(
            *MOVING,
            ReasonRequired,
            ReasonNotExpected,
            CaseStepsRemain,
            MaterialsOutstanding,
            ConsentOutstanding,
            PromiseNotBroken,
            StepTakenAbove,
            DutyNotOfTown,
            CaseEffectIncomplete,
            CaseEffectOutside,
        ),
    ),
)
async def decide(
    id: CaseId, body: DecideCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """办结决定: granted (准予) or not (不予), by whoever decides."""
    return await answer(
        hall,
        await hall.case_ending.decide(principal, id, granted=body.granted, reason=body.reason, expected=expected),
        response,
    )


@router.post(
    "/cases/{id}/close",
    **step(
        "closeCase",
        "结案",
        "作出决定的办件结案。",
        permission="case.handle",
        refuses=MOVING,
    ),
)
async def close(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """结案: the decided case is closed."""
    return await answer(hall, await hall.case_ending.close(principal, id, expected=expected), response)


@router.post(
    "/cases/{id}/deliver",
    **step(
        "deliverCase",
        "送达",
        "窗口领取、代办员送达或邮寄，并登记签收。",
        permission="case.handle",
        refuses=(*MOVING, DeliveryWrong),
    ),
)
async def deliver(
    id: CaseId, body: DeliverCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """送达: the result was delivered, and signed for."""
    return await answer(
        hall, await hall.case_ending.deliver(principal, id, body.delivery(), expected=expected), response
    )


@router.post(
    "/cases/{id}/archive",
    **step(
        "archiveCase",
        "归档",
        "已送达、不予受理、撤回或终止的办件归档。",
        permission="case.handle",
        refuses=MOVING,
    ),
)
async def archive(
    id: CaseId, body: ArchiveCase, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """归档: its file is put away."""
    return await answer(
        hall, await hall.case_ending.archive(principal, id, retention=body.retention, expected=expected), response
    )


@router.post(
    "/cases/{id}/undo",
    **step(
        "undoCase",
        "撤销上一步",
        "录入有误的，撤销最近一步；再次撤销则退回更早一步，过程都保留。须用 `If-Match` 指明所见版本。",
        permission="case.submit",
        refusals=(404, 409, 412, 428),
        refuses=(*MOVING, CaseNothingToUndo, CaseDeemedAccepted, CaseAnsweredTogether, CaseEffectStands),
    ),
)
async def undo(
    id: CaseId, body: UndoCase, expected: NamedVersion, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """Take back what was done last."""
    return await answer(
        hall, await hall.case_ending.undo(principal, id, reason=body.reason, expected=expected), response
    )
