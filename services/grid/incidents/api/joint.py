"""Joint handling and merging of incidents (联合处置、并案) over HTTP."""

from fastapi import APIRouter, Response

from services.grid.deps import Grid
from services.grid.incidents.api.answers import MOVING, REASONED, IncidentId, OrderNumber, answer
from services.grid.incidents.domain.refusals import (
    IncidentMergeWrong,
    IncidentOrderMoved,
    IncidentOrdersOpen,
    IncidentOrderTaken,
    IncidentSupervisionStands,
)
from services.grid.incidents.schemas.bodies import (
    DispatchIncident,
    FeedbackIncident,
    MergeIncident,
    RemarkIncident,
    ReturnIncident,
)
from services.grid.incidents.schemas.views import IncidentView
from services.grid.units.domain import UnitOutOfArea, UnitUnknown
from shared.http.endpoint import step
from shared.http.etag import Expected
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["incidents"])


@router.post(
    "/incidents/{id}/orders",
    **step(
        "orderIncidentAssistance",
        "派协办单",
        "请另一单位协办；牵头单位统一反馈，一并结案。",
        permission="incident.dispatch",
        refuses=(*MOVING, UnitUnknown, UnitOutOfArea, IncidentOrderTaken),
    ),
)
async def order(
    id: IncidentId, body: DispatchIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """派协办单: another unit is told to assist."""
    moved = await grid.incident_orders.order(principal, id, body.unit_id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/orders/{number}/take",
    **step(
        "takeIncidentOrder",
        "协办接单",
        "协办单位接单。",
        permission="incident.handle",
        refuses=(*MOVING, IncidentOrderMoved),
    ),
)
async def take(
    id: IncidentId,
    number: OrderNumber,
    body: RemarkIncident,
    expected: Expected,
    response: Response,
    principal: Authorised,
    grid: Grid,
) -> IncidentView:
    """协办接单: the assisting unit takes its order on."""
    moved = await grid.incident_orders.take(principal, id, number, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/orders/{number}/return",
    **step(
        "returnIncidentOrder",
        "协办退单",
        "协办单位退单。",
        permission="incident.handle",
        refuses=(*REASONED, IncidentOrderMoved),
    ),
)
async def send_back(
    id: IncidentId,
    number: OrderNumber,
    body: ReturnIncident,
    expected: Expected,
    response: Response,
    principal: Authorised,
    grid: Grid,
) -> IncidentView:
    """协办退单: the assisting unit sends its order back."""
    moved = await grid.incident_orders.send_back(principal, id, number, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/orders/{number}/finish",
    **step(
        "finishIncidentOrder",
        "协办反馈",
        "协办单位反馈已处置完毕及处置结果。",
        permission="incident.handle",
        refuses=(*REASONED, IncidentOrderMoved),
    ),
)
async def finish(
    id: IncidentId,
    number: OrderNumber,
    body: FeedbackIncident,
    expected: Expected,
    response: Response,
    principal: Authorised,
    grid: Grid,
) -> IncidentView:
    """协办反馈: the part of the assisting unit is done."""
    moved = await grid.incident_orders.finish(principal, id, number, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/orders/{number}/withdraw",
    **step(
        "withdrawIncidentOrder",
        "撤回协办单",
        "不再需要协办的，撤回协办单。",
        permission="incident.dispatch",
        refuses=(*MOVING, IncidentOrderMoved),
    ),
)
async def withdraw(
    id: IncidentId,
    number: OrderNumber,
    body: RemarkIncident,
    expected: Expected,
    response: Response,
    principal: Authorised,
    grid: Grid,
) -> IncidentView:
    """撤回协办单: the unit is needed no more."""
    moved = await grid.incident_orders.withdraw(principal, id, number, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/merge",
    **step(
        "mergeIncident",
        "并案",
        "并入另一件相同的事件；其上报人可查看后者的进度。",
        permission="incident.file",
        refuses=(*MOVING, IncidentMergeWrong, IncidentOrdersOpen, IncidentSupervisionStands),
    ),
)
async def merge(
    id: IncidentId, body: MergeIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """并案: it ends here, and the other one goes on for both."""
    moved = await grid.incident_merging.merge(principal, id, body.into, body.remark(), expected=expected)
    return answer(moved, response)
