"""Leave for incidents and their supervision (缓办、挂起、催办、督办) over HTTP."""

from fastapi import APIRouter, Depends, Response

from services.grid.deps import Grid
from services.grid.incidents.api.answers import MOVING, REASONED, IncidentId, answer
from services.grid.incidents.domain.refusals import (
    HandlerGivesNoLeave,
    IncidentDeferralTooLate,
    IncidentDeferredAlready,
    IncidentLeaveAskedAlready,
    IncidentLeaveNotAsked,
    IncidentLeaveUntilWrong,
    IncidentNotSupervised,
    IncidentSupervisedAlready,
    IncidentSupervisionUntilWrong,
    IncidentSupervisorNeeded,
    IncidentUrgedToday,
)
from services.grid.incidents.schemas.bodies import (
    AskLeave,
    DeferIncident,
    RefuseLeave,
    RemarkIncident,
    SuperviseIncident,
    SuspendIncident,
)
from services.grid.incidents.schemas.views import IncidentView
from shared.http.endpoint import step
from shared.http.etag import Expected
from shared.http.limits import rate_limited
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["incidents"])

LEAVE = (IncidentDeferralTooLate, IncidentDeferredAlready, IncidentLeaveUntilWrong)
"""Refusals of leave."""


@router.post(
    "/incidents/{id}/ask-leave",
    **step(
        "askIncidentLeave",
        "申请缓办或挂起",
        "处置单位申请缓办（期限后办理）或挂起（停止计时），由他人批准。",
        permission="incident.handle",
        refuses=(*REASONED, IncidentLeaveAskedAlready, *LEAVE),
    ),
)
async def ask_leave(
    id: IncidentId, body: AskLeave, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """申请缓办或挂起: the unit asks for leave until a day."""
    moved = await grid.incident_leaves.ask(principal, id, body.kind, body.until, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/grant-leave",
    **step(
        "grantIncidentLeave",
        "同意申请",
        "同意处置单位的缓办或挂起申请；处置人不得批准自己的申请。",
        permission="incident.dispatch",
        refuses=(*MOVING, HandlerGivesNoLeave, IncidentLeaveNotAsked, *LEAVE),
    ),
)
async def grant_leave(
    id: IncidentId, body: RemarkIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """同意申请: leave is given as it was asked for."""
    moved = await grid.incident_leaves.grant(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/refuse-leave",
    **step(
        "refuseIncidentLeave",
        "不同意申请",
        "不同意处置单位的缓办或挂起申请。",
        permission="incident.dispatch",
        refuses=(*REASONED, HandlerGivesNoLeave, IncidentLeaveNotAsked),
    ),
)
async def refuse_leave(
    id: IncidentId, body: RefuseLeave, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """不同意申请: the unit goes on as before."""
    moved = await grid.incident_leaves.refuse(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/defer",
    **step(
        "deferIncident",
        "批准缓办",
        "批准缓办：须在期限届满前批准，批准后可超过原期限，不计入应结案数。",
        permission="incident.dispatch",
        refuses=(*REASONED, HandlerGivesNoLeave, *LEAVE),
    ),
)
async def defer(
    id: IncidentId, body: DeferIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """缓办: leave to handle it after its deadline, given before that; it is not counted among the due."""
    moved = await grid.incident_leaves.defer(principal, id, body.remark(), until=body.until, expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/suspend",
    **step(
        "suspendIncident",
        "批准挂起",
        "批准挂起：停止计时，恢复处置时期限顺延。",
        permission="incident.dispatch",
        refuses=(*REASONED, HandlerGivesNoLeave, IncidentLeaveUntilWrong),
    ),
)
async def suspend(
    id: IncidentId, body: SuspendIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """挂起: its clock stands still until its handling goes on."""
    moved = await grid.incident_leaves.suspend(principal, id, body.until, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/resume",
    **step(
        "resumeIncident",
        "恢复处置",
        "恢复处置并继续计时，办理期限按挂起的时间顺延。",
        permission="incident.handle",
        refuses=MOVING,
    ),
)
async def resume(
    id: IncidentId, body: RemarkIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """恢复处置: the deadline moves by the time for which the clock stood still."""
    moved = await grid.incident_leaves.resume(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/urge",
    **step(
        "urgeIncident",
        "催办",
        "催办未办结的事件；上报人也可催办自己上报的，每人每天一次。",
        permission="incident.urge",
        scope="own",
        refusals=(404, 409, 412, 429),
        also=[Depends(rate_limited("incident_report"))],
        refuses=(*MOVING, IncidentUrgedToday),
    ),
)
async def urge(
    id: IncidentId, body: RemarkIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """催办, by an office or by whoever reported it."""
    moved = await grid.incident_supervision.urge(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/supervise",
    **step(
        "superviseIncident",
        "督办",
        "镇街或县级督办，限期办结；结案前须销号。",
        permission="incident.supervise",
        refuses=(*MOVING, IncidentSupervisedAlready, IncidentSupervisionUntilWrong),
    ),
)
async def supervise(
    id: IncidentId, body: SuperviseIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """督办: a level above wants it closed by a day."""
    moved = await grid.incident_supervision.supervise(principal, id, body.until, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/lift-supervision",
    **step(
        "liftIncidentSupervision",
        "督办销号",
        "由提出督办的层级或其上级销号。",
        permission="incident.supervise",
        refuses=(*MOVING, IncidentNotSupervised, IncidentSupervisorNeeded),
    ),
)
async def lift_supervision(
    id: IncidentId, body: RemarkIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """督办销号, by the office that supervises or one above it."""
    moved = await grid.incident_supervision.lift(principal, id, body.remark(), expected=expected)
    return answer(moved, response)
