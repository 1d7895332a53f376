"""Agencies (代办件): entrusted, the seven steps, the worklist."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.services_hall.agencies.api.answers import OF_THE_AGENT, AgencyId, view
from services.services_hall.agencies.domain import (
    CARRY,
    READ,
    SUPERVISE,
    AgencyCaseEnded,
    AgencyCaseOpen,
    AgencyDatesWrong,
    AgencyDesk,
    AgencyKnown,
    AgencyNothingToUndo,
    AgencyTransitionError,
    AuthorisationOfOther,
    CallBackByAgent,
    CallBackUnclear,
    OriginalsOutstanding,
    VisitPending,
)
from services.services_hall.agencies.schemas import (
    AcceptAgency,
    AgencyCount,
    AgencyView,
    CallBackAgency,
    DeclineAgency,
    DeliverAgency,
    EntrustAgency,
    ForwardAgency,
    ReassignAgency,
)
from services.services_hall.authorisations.domain import AuthorisationAgentWrong, AuthorisationNotInForce
from services.services_hall.cases.domain.refusals import HandOverWrong
from services.services_hall.deps import Hall
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.agencies import AgencyStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["agencies"])

AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only of counters in this area")]
StatusFilter = Annotated[AgencyStatus | None, Query(description="状态 only in this status")]
DeskFilter = Annotated[AgencyDesk | None, Query(description="待办 which worklist: code list `agency_desks`")]


@router.post(
    "/agencies",
    **creates(
        "entrustAgency",
        "委托代办",
        "把办件交给申请人书面委托的代办员；代办不收取任何费用。",
        permission=CARRY,
        refuses=(
            AgencyKnown,
            AgencyCaseEnded,
            AuthorisationNotInForce,
            AuthorisationOfOther,
            AuthorisationAgentWrong,
        ),
    ),
)
async def entrust(body: EntrustAgency, principal: Authorised, hall: Hall, response: Response) -> AgencyView:
    """Give a case to the agent."""
    return view(await hall.agencies.entrust(principal, body.case_id, body.authorisation_id), response)


@router.get(
    "/agencies",
    **reads(
        "listAgencies",
        "代办件列表",
        "您授权范围内的代办件，可按区划、状态和待办查看；查看会记入访问记录。",
        permission=READ,
        refusals=(),
    ),
)
async def page(
    page: PageQuery,
    principal: Authorised,
    hall: Hall,
    area: AreaFilter = None,
    status: StatusFilter = None,
    desk: DeskFilter = None,
) -> Page[AgencyView]:
    """Agencies in the caller's scope."""
    after = UUID(page.after[0]) if page.after else None
    found = await hall.agencies.page(principal, area, status, desk, after=after, limit=page.limit)
    shown, cursor = page.cut(found, key=lambda one: (one.id,))
    return Page(items=[AgencyView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/agencies/count",
    **reads("countAgencies", "代办件计数", "按相同范围和条件，列表共有多少条。", permission=READ, refusals=()),
)
async def count(
    principal: Authorised,
    hall: Hall,
    area: AreaFilter = None,
    status: StatusFilter = None,
    desk: DeskFilter = None,
) -> AgencyCount:
    """How many the list has in all."""
    return AgencyCount(count=await hall.agencies.count(principal, area, status, desk))


@router.get(
    "/agencies/{id}",
    **reads("getAgency", "查询代办件", "一件代办件；查看会记入访问记录。", permission=READ, etag=True),
)
async def read(id: AgencyId, principal: Authorised, hall: Hall, response: Response) -> AgencyView:
    """One agency."""
    agency = await hall.agencies.read(principal, id)
    response.headers["ETag"] = etag_of(agency.version)
    return AgencyView.model_validate(agency)


@router.post(
    "/agencies/{id}/accept",
    **step(
        "acceptAgency",
        "受理代办",
        "代办员受理；自次日起在规定工作日内报送。",
        permission=CARRY,
        refuses=(*OF_THE_AGENT, AuthorisationNotInForce),
    ),
)
async def accept(
    id: AgencyId, body: AcceptAgency, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgencyView:
    """The agent carries it."""
    return view(await hall.agencies.accept(principal, id, expected=expected), response)


@router.post(
    "/agencies/{id}/decline",
    **step(
        "declineAgency",
        "不予代办",
        "依法须本人办理、不在代办范围等，代办员不予代办；误登的委托也由此作废。",
        permission=CARRY,
        refuses=(*OF_THE_AGENT, OriginalsOutstanding, VisitPending),
    ),
)
async def decline(
    id: AgencyId, body: DeclineAgency, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgencyView:
    """The agent does not carry it."""
    return view(await hall.agencies.decline(principal, id, reason=body.reason, expected=expected), response)


@router.post(
    "/agencies/{id}/forward",
    **step(
        "forwardAgency",
        "报送办理",
        "代办员把材料报送到镇或县的中心办理。",
        permission=CARRY,
        refuses=(*OF_THE_AGENT, AuthorisationNotInForce, HandOverWrong),
    ),
)
async def forward(
    id: AgencyId, body: ForwardAgency, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgencyView:
    """The papers went to the next level."""
    return view(await hall.agencies.forward(principal, id, to_area=body.to_area, expected=expected), response)


@router.post(
    "/agencies/{id}/deliver",
    **step(
        "deliverAgency",
        "代办送达",
        "代办员把结果送到申请人手中。",
        permission=CARRY,
        refuses=(*OF_THE_AGENT, AgencyCaseOpen, AgencyDatesWrong),
    ),
)
async def deliver(
    id: AgencyId, body: DeliverAgency, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgencyView:
    """The applicant has the result."""
    return view(await hall.agencies.deliver(principal, id, on=body.delivered_on, expected=expected), response)


@router.post(
    "/agencies/{id}/archive",
    **step(
        "archiveAgency",
        "代办归档",
        "原件全部归还后归档；上门地址随之清除。",
        permission=CARRY,
        refuses=(AgencyTransitionError, OriginalsOutstanding, VisitPending),
    ),
)
async def archive(
    id: AgencyId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgencyView:
    """The file is put away."""
    return view(await hall.agencies.archive(principal, id, expected=expected), response)


@router.post(
    "/agencies/{id}/report",
    **step("reportAgency", "代办上报", "报镇登记。", permission=CARRY, refuses=(AgencyTransitionError,)),
)
async def report(id: AgencyId, expected: Expected, principal: Authorised, hall: Hall, response: Response) -> AgencyView:
    """It is reported to the town."""
    return view(await hall.agencies.report(principal, id, expected=expected), response)


@router.post(
    "/agencies/{id}/call-back",
    **step(
        "callBackAgency",
        "代办回访",
        "由代办员以外的人员回访申请人，并询问是否被收费。",
        permission=SUPERVISE,
        refuses=(AgencyTransitionError, CallBackByAgent, CallBackUnclear),
    ),
)
async def call_back(
    id: AgencyId, body: CallBackAgency, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgencyView:
    """The applicant is called back."""
    outcome, charged = body.outcome, body.charged
    called = await hall.agencies.call_back(principal, id, outcome=outcome, charged=charged, expected=expected)
    return view(called, response)


@router.post(
    "/agencies/{id}/reassign",
    **step(
        "reassignAgency",
        "改派代办员",
        "改由同村另一名代办员办理；原件须由持有人逐件移交。",
        permission=SUPERVISE,
        refuses=(AgencyTransitionError, AuthorisationAgentWrong),
    ),
)
async def reassign(
    id: AgencyId, body: ReassignAgency, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgencyView:
    """Another agent carries it."""
    return view(await hall.agencies.reassign(principal, id, agent_id=body.agent_id, expected=expected), response)


@router.post(
    "/agencies/{id}/undo",
    **step(
        "undoAgency",
        "撤销代办操作",
        "撤销上一步，由可以办理该步骤的人员撤销；委托已撤销、代办员已卸任的不恢复；须用 `If-Match` 指明所见版本。",
        permission=READ,
        refusals=(404, 409, 412, 428),
        refuses=(
            AgencyNothingToUndo,
            *OF_THE_AGENT,
            CallBackByAgent,
            AgencyKnown,
            AuthorisationNotInForce,
            AuthorisationAgentWrong,
        ),
    ),
)
async def undo(
    id: AgencyId, expected: NamedVersion, principal: Authorised, hall: Hall, response: Response
) -> AgencyView:
    """Take the last step back."""
    return view(await hall.agencies.undo(principal, id, expected=expected), response)
