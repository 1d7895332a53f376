"""Erasing in cases over HTTP: the dry run, and runs by order of two."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.services_hall.case_erasures.domain import (
    BUCKET,
    CaseErasureDecided,
    CaseErasureFourEyes,
    CaseErasureTooLarge,
    CaseErasureUnclear,
    NothingToErase,
)
from services.services_hall.case_erasures.schemas import (
    CaseDueCount,
    CaseDueEntryView,
    CaseDueReportView,
    CaseErasureRowView,
    CaseErasureView,
    RefuseCaseErasure,
    RequestCaseErasure,
)
from services.services_hall.case_erasures.service.runs import ShownErasure
from services.services_hall.deps import Hall
from services.services_hall.retentions.domain import CaseRetentionKind
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["case_erasures"])

ErasureId = Annotated[UUID, Path(description="批次标识 id of the run")]
OfArea = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of the counters")]
OfKind = Annotated[CaseRetentionKind | None, Query(description="起算事由 only what ended so")]
DECIDING = (CaseErasureDecided, CaseErasureFourEyes)


@router.get(
    "/due-case-erasures/report",
    **reads(
        "getCaseRetentionReport",
        "办件个人信息保存期满试算",
        "某区域今日保存期满的办件个人信息，按起算事由计数；只试算，不清除。",
        permission="erasure.request",
    ),
)
async def report(principal: Authorised, hall: Hall, area: OfArea, kind: OfKind = None) -> CaseDueReportView:
    """Dry run: how many entries could be erased, by kind."""
    return CaseDueReportView.of(await hall.case_erasures.report(principal, area, kind))


@router.get(
    "/due-case-erasures",
    **reads(
        "listDueCaseErasures",
        "办件个人信息保存期满清单",
        "某区域今日保存期满的办件当事人（按标识）及其未了事项；查看会记入访问记录。",
        permission="erasure.request",
    ),
)
async def due(
    principal: Authorised, hall: Hall, page: PageQuery, area: OfArea, kind: OfKind = None
) -> Page[CaseDueEntryView]:
    """Of whom the years are over, by id."""
    after = UUID(page.after[0]) if page.after else None
    found = await hall.case_erasures.due(principal, area, kind, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.holder),))
    return Page(items=[CaseDueEntryView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/due-case-erasures/count",
    **reads(
        "countDueCaseErasures",
        "办件个人信息保存期满计数",
        "按相同条件清单共有多少人次。",
        permission="erasure.request",
    ),
)
async def count(principal: Authorised, hall: Hall, area: OfArea, kind: OfKind = None) -> CaseDueCount:
    """How many the list has in all."""
    return CaseDueCount(count=sum(one.due for one in (await hall.case_erasures.report(principal, area, kind)).counts))


@router.post(
    "/case-erasures",
    **creates(
        "requestCaseErasure",
        "申请清除办件个人信息",
        "对某区域保存期满、没有未了事项的办件个人信息申请清除；或凭本人证件，按本人请求申请清除。由县级另一人决定。",
        permission="erasure.request",
        refusals=(404, 409, 429),
        location=True,
        also=[Depends(rate_limited(BUCKET))],
        refuses=(NothingToErase, CaseErasureTooLarge, CaseErasureUnclear),
    ),
)
async def request(body: RequestCaseErasure, principal: Authorised, hall: Hall, response: Response) -> CaseErasureView:
    """Ask that what is due in an area is erased, or what is kept of who wishes it."""
    made = await hall.case_erasures.request(principal, body.area, body.kind, body.wished())
    response.headers["Location"] = f"/services-hall/v1/case-erasures/{made.record.id}"
    return _view(made, response)


@router.get(
    "/case-erasures",
    **reads(
        "listCaseErasures",
        "办件个人信息清除列表",
        "某区域的清除批次，最新的在前。",
        permission="erasure.request",
    ),
)
async def page(principal: Authorised, hall: Hall, page: PageQuery, area: OfArea) -> Page[CaseErasureView]:
    """Runs of an area, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await hall.case_erasures.page(principal, area, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.record.id),))
    return Page(items=[CaseErasureView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/case-erasures/{id}",
    **reads(
        "getCaseErasure",
        "查询办件个人信息清除",
        "一批清除及各项结果的人次。",
        permission="erasure.request",
        etag=True,
    ),
)
async def read(id: ErasureId, principal: Authorised, hall: Hall, response: Response) -> CaseErasureView:
    """One run, with how many of its entries became what."""
    return _view(await hall.case_erasures.read(principal, id), response)


@router.get(
    "/case-erasures/{id}/entries",
    **reads(
        "listCaseErasureEntries",
        "办件个人信息逐项清除结果",
        "一批清除中的每一人次（按标识）及其结果；查看会记入访问记录。",
        permission="erasure.request",
    ),
)
async def entries(id: ErasureId, principal: Authorised, hall: Hall, page: PageQuery) -> Page[CaseErasureRowView]:
    """Entries of a run, and what became of each."""
    after = UUID(page.after[0]) if page.after else None
    found = await hall.case_erasures.entries(principal, id, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.holder),))
    return Page(items=[CaseErasureRowView.of(one) for one in shown], next_cursor=cursor)


@router.post(
    "/case-erasures/{id}/order",
    **step(
        "orderCaseErasure",
        "决定清除办件个人信息",
        "由县级有权限的另一人决定；逐项重新核对后立即清除，不可恢复。",
        permission="erasure.decide",
        refuses=DECIDING,
    ),
)
async def order(
    id: ErasureId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> CaseErasureView:
    """Decide that it is carried out."""
    return _view(await hall.case_erasures.order(principal, id, expected=expected), response)


@router.post(
    "/case-erasures/{id}/refuse",
    **step(
        "refuseCaseErasure",
        "不予清除办件个人信息",
        "由县级有权限的另一人决定不予清除。",
        permission="erasure.decide",
        refuses=DECIDING,
    ),
)
async def refuse(
    id: ErasureId,
    body: RefuseCaseErasure,
    expected: Expected,
    principal: Authorised,
    hall: Hall,
    response: Response,
) -> CaseErasureView:
    """Decide that nothing of it is erased."""
    return _view(await hall.case_erasures.refuse(principal, id, body.reason, expected=expected), response)


@router.post(
    "/case-erasures/{id}/withdraw",
    **step(
        "withdrawCaseErasure",
        "撤回清除申请",
        "撤回尚未决定的清除申请。",
        permission="erasure.request",
        refuses=(CaseErasureDecided,),
    ),
)
async def withdraw(
    id: ErasureId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> CaseErasureView:
    """Take back what nobody has decided."""
    return _view(await hall.case_erasures.withdraw(principal, id, expected=expected), response)


def _view(shown: ShownErasure, response: Response) -> CaseErasureView:
    response.headers["ETag"] = etag_of(shown.record.version)
    return CaseErasureView.of(shown)
