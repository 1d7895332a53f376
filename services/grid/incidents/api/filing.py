"""Filing and dispatching of incidents (立案、派遣) over HTTP."""

from fastapi import APIRouter, Response

from services.grid.deps import Grid
from services.grid.dictionaries.domain import CategoryUnknown
from services.grid.incidents.api.answers import MOVING, REASONED, IncidentId, answer
from services.grid.incidents.domain.refusals import (
    IncidentAreaUnknown,
    IncidentLeadElsewhere,
    IncidentLevelWrong,
    IncidentSupervisionStands,
    IncidentTakenBack,
)
from services.grid.incidents.schemas.bodies import (
    DispatchIncident,
    FeedbackIncident,
    FileIncident,
    PlaceIncident,
    RejectIncident,
    RemarkIncident,
    TransferIncident,
)
from services.grid.incidents.schemas.views import IncidentView
from services.grid.units.domain import UnitOutOfArea, UnitUnknown
from shared.errors import NotYet, ReasonRequired
from shared.http.endpoint import step
from shared.http.etag import Expected
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["incidents"])


@router.post(
    "/incidents/{id}/verify",
    **step(
        "verifyIncident",
        "核实",
        "现场核实情况属实。",
        permission="incident.verify",
        refuses=MOVING,
    ),
)
async def verify(
    id: IncidentId, body: RemarkIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """核实: somebody saw that it is as reported."""
    moved = await grid.incidents.verify(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/file",
    **step(
        "fileIncident",
        "立案",
        "事件核实后立案，按现行字典确定办理期限；属上级收回事项的，转由县级承办。",
        permission="incident.file",
        refuses=(*MOVING, CategoryUnknown, ReasonRequired),
    ),
)
async def file(
    id: IncidentId, body: FileIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """立案: the deadline is set by the dictionary in force; what was taken back goes up to the county."""
    moved = await grid.incidents.file(principal, id, body.remark(), treatment=body.treatment, expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/reject",
    **step(
        "rejectIncident",
        "不予立案",
        "查无此事，或不属于网格受理范围，不予立案。",
        permission="incident.file",
        refuses=(*REASONED, IncidentSupervisionStands),
    ),
)
async def reject(
    id: IncidentId, body: RejectIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """不予立案: there is nothing there, or it is none of the grid's."""
    moved = await grid.incidents.reject(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/self-handle",
    **step(
        "selfHandleIncident",
        "自处置",
        "当场自行处置完毕；按比例抽中的由他人核查，其余直接结案。",
        permission="incident.handle",
        refuses=(*REASONED, CategoryUnknown, IncidentTakenBack),
    ),
)
async def self_handle(
    id: IncidentId, body: FeedbackIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """自处置: whoever found it settled it on the spot; a sample is checked by somebody else."""
    moved = await grid.incidents.self_handle(principal, id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/dispatch",
    **step(
        "dispatchIncident",
        "派遣",
        "把已立案的事件派给处置单位。",
        permission="incident.dispatch",
        refuses=(*MOVING, UnitUnknown, UnitOutOfArea, IncidentTakenBack, IncidentLeadElsewhere),
    ),
)
async def dispatch(
    id: IncidentId, body: DispatchIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """派遣: hand a filed incident to the unit that shall deal with it."""
    moved = await grid.incidents.dispatch(principal, id, body.unit_id, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/transfer",
    **step(
        "transferIncident",
        "上报或下交",
        "由上级或下级承办；办理期限不变。",
        permission="incident.dispatch",
        refuses=(*REASONED, IncidentLevelWrong, IncidentTakenBack),
    ),
)
async def transfer(
    id: IncidentId, body: TransferIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """上报上级, 下交下级: the office of another level has it from now on."""
    moved = await grid.incidents.transfer(principal, id, body.level, body.remark(), expected=expected)
    return answer(moved, response)


@router.post(
    "/incidents/{id}/place",
    **step(
        "placeIncident",
        "调整所属网格",
        "改正事件所属的网格或村（社区）。",
        permission="incident.dispatch",
        refuses=(*MOVING, IncidentAreaUnknown, NotYet),
    ),
)
async def place(
    id: IncidentId, body: PlaceIncident, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> IncidentView:
    """调整所属网格: it lies in this grid or village."""
    moved = await grid.incident_placing.place(principal, id, body.area, body.remark(), expected=expected)
    return answer(moved, response)
