"""Closed months over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.areas.domain import UnknownArea
from services.registry.book_closings.domain import (
    BookClosingFourEyes,
    BookMonthClosed,
    BookMonthNotNext,
    BookMonthNotOver,
    BookMonthReopened,
    ClosingRecord,
    LaterBookMonthClosed,
)
from services.registry.book_closings.schemas import BookClosingView, CloseBooks, ClosingCount, ReopenBooks
from services.registry.deps import Registry
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import MonthOf, Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["balances"])

ClosingId = Annotated[UUID, Path(description="结账标识 id of the closing")]
Area = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 province to village")]
OfMonth = Annotated[MonthOf | None, Query(description="月份 closings of this month only")]


@router.post(
    "/book-closings",
    **creates(
        "closeBooks",
        "人口台账月结",
        "为一个区域（含其下各区域）结一个已结束的月份，两本账簿一并结转；之后登记的该月及以前的事项记入未结账的月份，"
        "标为迟报，发生日不变。",
        permission="book.close",
        refusals=(404,),
        location=True,
        refuses=(BookMonthNotOver, BookMonthClosed, BookMonthNotNext, UnknownArea),
    ),
)
async def close(body: CloseBooks, principal: Authorised, registry: Registry, response: Response) -> BookClosingView:
    """Close both books of an area for a month: what is told of it later counts in the first open month, as late."""
    made = await registry.book_closings.close(principal, body.area, body.month)
    response.headers["Location"] = f"/registry/v1/book-closings/{made.id}"
    return _view(made, response)


@router.get(
    "/book-closings",
    **reads(
        "listBookClosings",
        "月结列表",
        "某区域内各级的月结，最新的在前；含已反结账的。",
        permission="balance.read",
    ),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: Area, month: OfMonth = None
) -> Page[BookClosingView]:
    """Closed months of areas inside an area, the latest first; reopened ones among them."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.book_closings.page(principal, area, month, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.id),))
    return Page(items=[BookClosingView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/book-closings/count",
    **reads("countBookClosings", "月结计数", "同一条件下共有多少次月结。", permission="balance.read"),
)
async def count(principal: Authorised, registry: Registry, area: Area, month: OfMonth = None) -> ClosingCount:
    """How many the list gives in all."""
    return ClosingCount(count=await registry.book_closings.count(principal, area, month))


@router.get(
    "/book-closings/{id}",
    **reads("getBookClosing", "查询月结", "一次月结及其结转的数字。", permission="balance.read", etag=True),
)
async def read(id: ClosingId, principal: Authorised, registry: Registry, response: Response) -> BookClosingView:
    """One closed month with what was frozen."""
    return _view(await registry.book_closings.read(principal, id), response)


@router.post(
    "/book-closings/{id}/reopen",
    **step(
        "reopenBooks",
        "人口台账反结账",
        "由结账人以外的人员说明理由后反结账；从最近结账的月份开始，下一个月结账后不能再反。",
        permission="book.reopen",
        refuses=(BookMonthReopened, BookClosingFourEyes, LaterBookMonthClosed),
    ),
)
async def reopen(
    id: ClosingId,
    body: ReopenBooks,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> BookClosingView:
    """Open a closed month again, as somebody else than who closed it; what was frozen stays readable."""
    reopened = await registry.book_closings.reopen(principal, id, reason=body.reason, expected=expected)
    return _view(reopened, response)


def _view(found: ClosingRecord, response: Response) -> BookClosingView:
    response.headers["ETag"] = etag_of(found.version)
    return BookClosingView.model_validate(found)
