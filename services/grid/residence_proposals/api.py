"""Residence proposals (居住网格变更建议) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.grid.deps import Grid
from services.grid.residence_proposals.domain import ProposalFilter
from services.grid.residence_proposals.schemas import ResidenceProposalCount, ResidenceProposalView
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import reads
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["residence-proposals"])

Area = Annotated[AreaCode | None, Query(description="所属区域 only into grids inside this area")]
Status = Annotated[EffectStatus | None, Query(description="状态 only in this status")]
ChangeId = Annotated[UUID | None, Query(description="网格调整标识 only of this change of grids")]


@router.get(
    "/residence-proposals",
    **reads(
        "listResidenceProposals",
        "居住网格变更建议列表",
        "网格调整后建议转入您辖区网格的居民及底册的答复，先提出的在前；查看会记入访问记录。",
        permission="person.read",
    ),
)
async def list_proposals(
    page: PageQuery,
    principal: Authorised,
    grid: Grid,
    area: Area = None,
    status: Status = None,
    change_id: ChangeId = None,
) -> Page[ResidenceProposalView]:
    """Proposals into grids of your areas, the oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    wanted = ProposalFilter(status, change_id)
    rows = await grid.residence_proposals.page(principal, wanted, area=area, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[ResidenceProposalView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/residence-proposals/count",
    **reads("countResidenceProposals", "居住网格变更建议计数", "按相同条件列表共有多少条。", permission="person.read"),
)
async def count(
    principal: Authorised, grid: Grid, area: Area = None, status: Status = None, change_id: ChangeId = None
) -> ResidenceProposalCount:
    """How many the list has in all."""
    wanted = ProposalFilter(status, change_id)
    return ResidenceProposalCount(count=await grid.residence_proposals.count(principal, wanted, area=area))
