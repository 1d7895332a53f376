"""Erasing in grid over HTTP: the open door by progress code, the dry run, and runs by order of two."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.grid.deps import Grid
from services.grid.grid_erasures.domain import PublicReportErasureHeld
from services.grid.grid_erasures.schemas import (
    ErasePublicReport,
    GridDueCount,
    GridDueEntryView,
    GridDueReportView,
    GridErasedView,
    GridErasureEntryView,
    GridErasureView,
    RequestGridErasure,
)
from services.grid.retentions.domain import GridRetentionKind
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, endpoint, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS
from shared.retentions.run_schemas import RefuseErasure
from shared.retentions.run_service import DECIDE, REQUEST, ShownRun
from shared.retentions.runs import NothingDue, RunDecided, RunFourEyes, RunTooLarge, RunUnclear

router = APIRouter(route_class=ServiceRoute, tags=["grid_erasures"])

ErasureId = Annotated[UUID, Path(description="批次标识 id of the run")]
OfArea = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of the entries")]
OfKind = Annotated[GridRetentionKind | None, Query(description="起算事由 only what ended so")]
DECIDING = (RunDecided, RunFourEyes)


@router.post(
    "/public-reports/erase",
    **endpoint(
        "erasePublicReport",
        "清除随手拍个人信息",
        "上报人凭查询码清除已办结上报的描述和电话，由其立案的事件一并清除，不可恢复；无需登录，限次。",
        refusals=(404, 409, 429),
        refuses=(PublicReportErasureHeld,),
        permission=None,
        scope="open",
        also=[Depends(rate_limited("public_report_erasure", per_minute=20))],
    ),
)
async def erase(body: ErasePublicReport, _: Authorised, grid: Grid) -> GridErasedView:
    """Erase the words and the number of a report that has ended, by its progress code."""
    await grid.public_erasing.erase(body.progress_code)
    return GridErasedView(erased=True)


@router.get(
    "/due-grid-erasures/report",
    **reads(
        "getGridRetentionReport",
        "网格个人信息保存期满试算",
        "某区域今日保存期满的随手拍、信访、事件和回访，按起算事由计数；只试算，不清除。",
        permission=REQUEST,
    ),
)
async def report(principal: Authorised, grid: Grid, area: OfArea, kind: OfKind = None) -> GridDueReportView:
    """Dry run: how many entries could be erased, by kind."""
    return GridDueReportView.of(await grid.grid_erasures.report(principal, area, kind))


@router.get(
    "/due-grid-erasures",
    **reads(
        "listDueGridErasures",
        "网格个人信息保存期满清单",
        "某区域今日保存期满的随手拍、信访、事件和回访（按标识）及其未了事项；查看会记入访问记录。",
        permission=REQUEST,
    ),
)
async def due(
    principal: Authorised, grid: Grid, page: PageQuery, area: OfArea, kind: OfKind = None
) -> Page[GridDueEntryView]:
    """Of what the years are over, by id."""
    after = UUID(page.after[0]) if page.after else None
    found = await grid.grid_erasures.due(principal, area, kind, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.holder),))
    return Page(items=[GridDueEntryView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/due-grid-erasures/count",
    **reads("countDueGridErasures", "网格个人信息保存期满计数", "按相同条件清单共有多少项。", permission=REQUEST),
)
async def count(principal: Authorised, grid: Grid, area: OfArea, kind: OfKind = None) -> GridDueCount:
    """How many the list has in all."""
    return GridDueCount(count=sum(one.due for one in (await grid.grid_erasures.report(principal, area, kind)).counts))


@router.post(
    "/grid-erasures",
    **creates(
        "requestGridErasure",
        "申请清除网格个人信息",
        "对某区域保存期满、没有未了事项的文字及联系方式申请清除；或按标识，应本人请求对一项申请清除。由县级另一人决定。",
        permission=REQUEST,
        refusals=(404, 409),
        location=True,
        refuses=(NothingDue, RunTooLarge, RunUnclear),
    ),
)
async def request(body: RequestGridErasure, principal: Authorised, grid: Grid, response: Response) -> GridErasureView:
    """Ask that what is due in an area is erased, or the one entry whose person wishes it."""
    made = await grid.grid_erasures.request(principal, body.area, body.kind, body.holder)
    response.headers["Location"] = f"/grid/v1/grid-erasures/{made.record.id}"
    return _view(made, response)


@router.get(
    "/grid-erasures",
    **reads("listGridErasures", "网格个人信息清除列表", "某区域的清除批次，最新的在前。", permission=REQUEST),
)
async def page(principal: Authorised, grid: Grid, page: PageQuery, area: OfArea) -> Page[GridErasureView]:
    """Runs of an area, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await grid.grid_erasures.page(principal, area, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.record.id),))
    return Page(items=[GridErasureView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/grid-erasures/{id}",
    **reads("getGridErasure", "查询网格个人信息清除", "一批清除及各项结果的数量。", permission=REQUEST, etag=True),
)
async def read(id: ErasureId, principal: Authorised, grid: Grid, response: Response) -> GridErasureView:
    """One run, with how many of its entries became what."""
    return _view(await grid.grid_erasures.read(principal, id), response)


@router.get(
    "/grid-erasures/{id}/entries",
    **reads(
        "listGridErasureEntries",
        "网格个人信息逐项清除结果",
        "一批清除中的每一项（按标识）及其结果；查看会记入访问记录。",
        permission=REQUEST,
    ),
)
async def entries(id: ErasureId, principal: Authorised, grid: Grid, page: PageQuery) -> Page[GridErasureEntryView]:
    """Entries of a run, and what became of each."""
    after = UUID(page.after[0]) if page.after else None
    found = await grid.grid_erasures.entries(principal, id, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.holder),))
    return Page(items=[GridErasureEntryView.model_validate(one) for one in shown], next_cursor=cursor)


@router.post(
    "/grid-erasures/{id}/order",
    **step(
        "orderGridErasure",
        "决定清除网格个人信息",
        "由县级有权限的另一人决定；逐项重新核对后立即清除，不可恢复。",
        permission=DECIDE,
        refuses=DECIDING,
    ),
)
async def order(
    id: ErasureId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> GridErasureView:
    """Decide that it is carried out."""
    return _view(await grid.grid_erasures.order(principal, id, expected=expected), response)


@router.post(
    "/grid-erasures/{id}/refuse",
    **step(
        "refuseGridErasure",
        "不予清除网格个人信息",
        "由县级有权限的另一人决定不予清除。",
        permission=DECIDE,
        refuses=DECIDING,
    ),
)
async def refuse(
    id: ErasureId, body: RefuseErasure, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> GridErasureView:
    """Decide that nothing of it is erased."""
    return _view(await grid.grid_erasures.refuse(principal, id, body.reason, expected=expected), response)


@router.post(
    "/grid-erasures/{id}/withdraw",
    **step(
        "withdrawGridErasure",
        "撤回网格清除申请",
        "撤回尚未决定的清除申请。",
        permission=REQUEST,
        refuses=(RunDecided,),
    ),
)
async def withdraw(
    id: ErasureId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> GridErasureView:
    """Take back what nobody has decided."""
    return _view(await grid.grid_erasures.withdraw(principal, id, expected=expected), response)


def _view(shown: ShownRun, response: Response) -> GridErasureView:
    response.headers["ETag"] = etag_of(shown.record.version)
    return GridErasureView.of(shown)
