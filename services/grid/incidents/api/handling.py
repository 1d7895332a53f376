"""Handling and checks of incidents (处置、核查) over HTTP."""

from fastapi import APIRouter, Response

from services.grid.deps import Grid
from services.grid.incidents.api.answers import MOVING, REASONED, IncidentId, answer
from services.grid.incidents.domain.refusals import (
    HandlerMayNotCheck,
    IncidentNothingToUndo,
    IncidentOrdersOpen,
    IncidentSupervisionStands,
)
from services.grid.incidents.schemas.bodies import (
    CheckIncident,
    FeedbackIncident,
    RemarkIncident,
    ReopenIncident,
    ReturnIncident,
    UndoIncident,
)
from services.grid.incidents.schemas.views import IncidentView
from shared.errors import ReasonNotExpected
from shared.http.endpoint import step
from shared.http.etag import Expected, NamedVersion
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["incidents"])


@router.post(
    "/incidents/{id}/accept",
    **step(
        "acceptIncident",
        "接单",
        "处置单位接单。",
        permission="incident.handle",
        refuses=MOVING,
    ),
)
async def accept(
    id: IncidentId, body: RemarkIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """接单: the unit takes the incident on."""
    moved = await grid.incident_handling.accept(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/return",
    **step(
        "returnIncident",
        "退单",
        "处置单位退单，等待重新派遣；办理期限不变。",
        permission="incident.handle",
        refuses=REASONED,
    ),
)
async def send_back(
    id: IncidentId, body: ReturnIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """退单: the unit sends it back, to be dispatched anew; the deadline stays."""
    moved = await grid.incident_handling.send_back(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/begin",
    **step(
        "beginIncident",
        "到场处置",
        "处置单位到场，开始处置。",
        permission="incident.handle",
        refuses=MOVING,
    ),
)
async def begin(
    id: IncidentId, body: RemarkIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """到场处置: the unit is there and begins."""
    moved = await grid.incident_handling.begin(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/feedback",
    **step(
        "giveIncidentFeedback",
        "处置反馈",
        "处置单位反馈已处置完毕及处置结果；协办单位须都已反馈。",
        permission="incident.handle",
        refuses=(*REASONED, IncidentOrdersOpen),
    ),
)
async def give_feedback(
    id: IncidentId, body: FeedbackIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """反馈: the unit says that it is done, and with which result."""
    moved = await grid.incident_handling.give_feedback(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/check",
    **step(
        "checkIncident",
        "核查",
        "由处置人以外的人员核查：通过，或退回处置单位。",
        permission="incident.check",
        refuses=(*REASONED, HandlerMayNotCheck, ReasonNotExpected),
    ),
)
async def check(
    id: IncidentId, body: CheckIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """核查, by somebody who did not handle it: passed, or back to the unit."""
    moved = await grid.incident_checks.check(principal, id, passed=body.passed, remark=body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/close",
    **step(
        "closeIncident",
        "结案",
        "核查通过的事件结案；督办的须先销号。",
        permission="incident.check",
        refuses=(*MOVING, IncidentSupervisionStands),
    ),
)
async def close(
    id: IncidentId, body: RemarkIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """结案: the checked incident is closed."""
    moved = await grid.incident_checks.close(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/reopen",
    **step(
        "reopenIncident",
        "重新立案",
        "已结案的问题未解决或反复的，重新立案并重新计时。",
        permission="incident.check",
        refuses=REASONED,
    ),
)
async def reopen(
    id: IncidentId, body: ReopenIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """重新立案: it is taken up again, with a deadline that begins now."""
    moved = await grid.incident_checks.reopen(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/undo",
    **step(
        "undoIncident",
        "撤销上一步",
        "录入有误的，撤销最近一步；再次撤销则退回更早一步，过程都保留。须用 `If-Match` 指明所见版本。",
        permission="incident.handle",
        refusals=(404, 409, 412, 428),
        refuses=(*MOVING, IncidentNothingToUndo),
    ),
)
async def undo(
    id: IncidentId, body: UndoIncident, expected: NamedVersion, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """Take back what was done last."""
    moved = await grid.incident_checks.undo(principal, id, body.reason, body.remark(), expected=expected)
    return answer(moved, response)
