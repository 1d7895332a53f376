"""Discrepancies over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.deps import Registry
from services.registry.discrepancies.domain import DiscrepancyNotOpen, DiscrepancyRecord, DiscrepancyStatus
from services.registry.discrepancies.schemas import (
    CheckBooks,
    DiscrepancyCount,
    DiscrepancyView,
    ExplainDiscrepancy,
)
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["balances"])

DiscrepancyId = Annotated[UUID, Path(description="账实不符标识 id of the discrepancy")]
Area = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 province to village")]
InStatus = Annotated[DiscrepancyStatus | None, Query(description="状态 only those that stand there")]


@router.post(
    "/discrepancies/check",
    **creates(
        "checkBooks",
        "核对账实",
        "立即核对某区域各村台账与在册人数；系统每日也会自动核对。",
        permission="discrepancy.check",
        refusals=(404,),
        status=200,
        etag=False,
    ),
)
async def check(body: CheckBooks, principal: Authorised, registry: Registry) -> DiscrepancyCount:
    """Compare the ledger of an area's villages with the persons, now; every day it is done by itself."""
    return DiscrepancyCount(count=await registry.discrepancies.check(principal, body.area))


@router.get(
    "/discrepancies",
    **reads(
        "listDiscrepancies",
        "账实不符列表",
        "某区域各村台账与在册人数不符之处，最早发现的在前。",
        permission="balance.read",
    ),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: Area, status: InStatus = None
) -> Page[DiscrepancyView]:
    """Where ledger and persons of an area's villages do not agree, oldest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.discrepancies.page(principal, area, status, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.id),))
    return Page(items=[DiscrepancyView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/discrepancies/count",
    **reads("countDiscrepancies", "账实不符计数", "同一条件下共有多少处不符。", permission="balance.read"),
)
async def count(principal: Authorised, registry: Registry, area: Area, status: InStatus = None) -> DiscrepancyCount:
    """How many the list gives in all."""
    return DiscrepancyCount(count=await registry.discrepancies.count(principal, area, status))


@router.get(
    "/discrepancies/{id}",
    **reads("getDiscrepancy", "查询账实不符", "一处账实不符及其说明。", permission="balance.read", etag=True),
)
async def read(id: DiscrepancyId, principal: Authorised, registry: Registry, response: Response) -> DiscrepancyView:
    """One discrepancy with its explanation."""
    return _view(await registry.discrepancies.read(principal, id), response)


@router.post(
    "/discrepancies/{id}/explain",
    **step(
        "explainDiscrepancy",
        "说明账实不符",
        "说明不符的原因；核对一致后自动消除，数字再有变化的重新列出。",
        permission="discrepancy.explain",
        refuses=(DiscrepancyNotOpen,),
    ),
)
async def explain(
    id: DiscrepancyId,
    body: ExplainDiscrepancy,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> DiscrepancyView:
    """Say where a difference comes from; it is gone when a check finds the numbers equal."""
    explained = await registry.discrepancies.explain(principal, id, remark=body.note, expected=expected)
    return _view(explained, response)


def _view(found: DiscrepancyRecord, response: Response) -> DiscrepancyView:
    response.headers["ETag"] = etag_of(found.version)
    return DiscrepancyView.model_validate(found)
