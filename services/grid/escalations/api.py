"""Escalations (事件升级) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.grid.deps import Grid
from services.grid.escalation_rules.domain import LEVELS, Receiver
from services.grid.escalations.domain import EscalationFilter, EscalationOfAnother, EscalationTransitionError
from services.grid.escalations.models import Escalation
from services.grid.escalations.schemas import EscalationCount, EscalationView
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.escalations import EscalationMetric, EscalationStatus
from shared.http.endpoint import reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["escalations"])

READ, ACKNOWLEDGE = "escalation.read", "escalation.acknowledge"

EscalationId = Annotated[UUID, Path(description="升级标识 id of the escalation")]


async def _filter(
    area: Annotated[AreaCode | None, Query(description="所属区域 only inside this area")] = None,
    status: Annotated[EscalationStatus | None, Query(description="状态 only in this status")] = None,
    level: Annotated[int | None, Query(ge=LEVELS.start, le=LEVELS[-1], description="级别 only of this level")] = None,
    metric: Annotated[EscalationMetric | None, Query(description="指标 only by this metric")] = None,
    receiver: Annotated[Receiver | None, Query(description="接收岗位 only brought before this role")] = None,
    incident_id: Annotated[UUID | None, Query(description="事件标识 only of this incident")] = None,
    to_me: Annotated[bool, Query(description="待我处理 only brought before one of your own posts")] = False,
) -> EscalationFilter:
    return EscalationFilter(area, status, level, metric, receiver, incident_id, to_me)


Wanted = Annotated[EscalationFilter, Depends(_filter)]


def _answer(escalation: Escalation, response: Response) -> EscalationView:
    response.headers["ETag"] = etag_of(escalation.version)
    return EscalationView.model_validate(escalation)


@router.get(
    "/escalations",
    **reads("listEscalations", "事件升级列表", "您辖区内事件的升级，最新的在前。", permission=READ),
)
async def list_escalations(page: PageQuery, wanted: Wanted, principal: Authorised, grid: Grid) -> Page[EscalationView]:
    """Escalations of incidents of your areas, the newest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.escalations.page(principal, wanted, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[EscalationView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/escalations/count",
    **reads("countEscalations", "事件升级计数", "按相同条件列表共有多少条。", permission=READ),
)
async def count(wanted: Wanted, principal: Authorised, grid: Grid) -> EscalationCount:
    """How many the list with the same filter shows."""
    return EscalationCount(count=await grid.escalations.count(principal, wanted))


@router.get(
    "/escalations/{id}",
    **reads("getEscalation", "查询事件升级", "一条升级。", permission=READ, etag=True),
)
async def read(id: EscalationId, principal: Authorised, grid: Grid, response: Response) -> EscalationView:
    """One escalation."""
    return _answer(await grid.escalations.read(principal, id), response)


@router.post(
    "/escalations/{id}/acknowledge",
    **step(
        "acknowledgeEscalation",
        "签收事件升级",
        "接收岗位或其上级已知悉并跟进。",
        permission=ACKNOWLEDGE,
        refuses=(EscalationTransitionError, EscalationOfAnother),
    ),
)
async def acknowledge(
    id: EscalationId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> EscalationView:
    """Take note of an escalation."""
    return _answer(await grid.escalations.acknowledge(principal, id, expected=expected), response)


@router.post(
    "/escalations/{id}/take-back",
    **step(
        "takeBackEscalationAcknowledgement",
        "撤回签收",
        "误签收的，撤回签收。",
        permission=ACKNOWLEDGE,
        refuses=(EscalationTransitionError, EscalationOfAnother),
    ),
)
async def take_back(
    id: EscalationId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> EscalationView:
    """Take the acknowledgement back."""
    return _answer(await grid.escalations.take_back(principal, id, expected=expected), response)
