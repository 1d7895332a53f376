"""Retention over HTTP: the dry run, its table, and runs by order of two."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.registry.deps import Registry
from services.registry.erasures.schemas import RefuseErasure
from services.registry.retention_runs.domain import NothingDue, RunDecided, RunFourEyes, RunTooLarge
from services.registry.retention_runs.schemas import (
    BeginRetentionExport,
    DueEntryCount,
    DueEntryView,
    DueReportView,
    RequestRetentionRun,
    RetentionRunRowView,
    RetentionRunView,
)
from services.registry.retention_runs.service.exporting import RetentionExport
from services.registry.retention_runs.service.runs import ShownRun
from services.registry.retentions.domain import RetentionKind
from shared.contracts.envelope import AreaCode
from shared.exports.domain import ExportNotWritten
from shared.files.domain import FileDamaged
from shared.files.store import NoStore
from shared.http.endpoint import creates, endpoint, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.exports import ExportId, ExportView, handed_out
from shared.http.imports import answers_file
from shared.http.kit import kit_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.jobs.queue import TooMuchWork
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["retention_runs"])

RunId = Annotated[UUID, Path(description="批次标识 id of the run")]
OfArea = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of the entries")]
OfKind = Annotated[RetentionKind | None, Query(description="起算事由 only entries that ended so")]
DECIDING = (RunDecided, RunFourEyes)


async def _exports(context: Context) -> RetentionExport:
    return RetentionExport(context, context.principal)


ExportsOf = Annotated[RetentionExport, Depends(_exports)]


@router.get(
    "/due-erasures/report",
    **reads(
        "getRetentionReport",
        "保存期满试算",
        "某区域今日保存期满的登记，按村（社区）和起算事由计数；只试算，不清除。",
        permission="erasure.request",
    ),
)
async def report(principal: Authorised, registry: Registry, area: OfArea, kind: OfKind = None) -> DueReportView:
    """Dry run: how many entries could be erased, by village and rule."""
    return DueReportView.of(await registry.due_erasures.report(principal, area, kind))


@router.get(
    "/due-erasures",
    **reads(
        "listDueErasures",
        "保存期满清单",
        "某区域今日保存期满的登记（按标识）及其在办事项；查看会记入访问记录。",
        permission="erasure.request",
    ),
)
async def due(
    principal: Authorised, registry: Registry, page: PageQuery, area: OfArea, kind: OfKind = None
) -> Page[DueEntryView]:
    """Whose years are over, by id."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.due_erasures.page(principal, area, kind, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.person_id),))
    return Page(items=[DueEntryView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/due-erasures/count",
    **reads("countDueErasures", "保存期满计数", "按相同条件清单共有多少人。", permission="erasure.request"),
)
async def count(principal: Authorised, registry: Registry, area: OfArea, kind: OfKind = None) -> DueEntryCount:
    """How many the list has in all."""
    return DueEntryCount(count=await registry.due_erasures.count(principal, area, kind))


@router.post(
    "/retention-exports",
    **creates(
        "beginRetentionExport",
        "导出保存期满清单",
        "把某区域的保存期满清单（按标识）导出成表格，带水印，完成后七日内可下载。",
        permission="erasure.request",
        refusals=(404, 409),
        etag=False,
        refuses=(TooMuchWork,),
    ),
)
async def begin(body: BeginRetentionExport, exports: ExportsOf) -> ExportView:
    """Have a table written of who is due."""
    return ExportView.of(await exports.begin(body.model_dump(mode="json")))


@router.get(
    "/retention-exports/{id}",
    **reads(
        "getRetentionExport",
        "查询保存期满清单导出",
        "您的一次导出的当前情况。",
        permission="erasure.request",
        scope="own",
    ),
)
async def get_export(id: ExportId, exports: ExportsOf) -> ExportView:
    """An export of yours as it is now."""
    return ExportView.of(await exports.own.read(id))


@router.get(
    "/retention-exports/{id}/content",
    **answers_file(
        reads(
            "getRetentionExportContent",
            "下载保存期满清单",
            "下载写好的清单，七日内有效；导出时所凭的权限现在须仍然有效，每次下载留痕。",
            permission="erasure.request",
            scope="own",
            refusals=(404, 409),
            refuses=(ExportNotWritten, FileDamaged, NoStore),
        )
    ),
)
async def get_content(id: ExportId, request: Request, exports: ExportsOf) -> Response:
    """The table that an export of yours wrote."""
    return await handed_out(request, await exports.own.content(kit_of(request).archive, id))


@router.post(
    "/retention-exports/{id}/cancel",
    **endpoint(
        "cancelRetentionExport",
        "取消导出保存期满清单",
        "取消导出。",
        permission="erasure.request",
        scope="own",
        refusals=(404,),
        idempotent=True,
    ),
)
async def cancel(id: ExportId, exports: ExportsOf) -> ExportView:
    """Stop it."""
    return ExportView.of(await exports.own.cancel(id))


@router.post(
    "/retention-runs",
    **creates(
        "requestRetentionRun",
        "申请批量清除",
        "对某区域今日保存期满、没有在办事项的登记申请清除；由县级另一人决定，逐人办理。",
        permission="erasure.request",
        location=True,
        refuses=(NothingDue, RunTooLarge),
    ),
)
async def request(
    body: RequestRetentionRun, principal: Authorised, registry: Registry, response: Response
) -> RetentionRunView:
    """Ask that what is due in an area is erased."""
    made = await registry.retention_runs.request(principal, body.area, body.kind)
    response.headers["Location"] = f"/registry/v1/retention-runs/{made.record.id}"
    return _view(made, response)


@router.get(
    "/retention-runs",
    **reads("listRetentionRuns", "批量清除列表", "某区域的批量清除，最新的在前。", permission="erasure.request"),
)
async def page(principal: Authorised, registry: Registry, page: PageQuery, area: OfArea) -> Page[RetentionRunView]:
    """Runs of an area, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.retention_runs.page(principal, area, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.record.id),))
    return Page(items=[RetentionRunView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/retention-runs/{id}",
    **reads("getRetentionRun", "查询批量清除", "一批清除及各项结果的人数。", permission="erasure.request", etag=True),
)
async def read(id: RunId, principal: Authorised, registry: Registry, response: Response) -> RetentionRunView:
    """One run, with how many of its entries became what."""
    return _view(await registry.retention_runs.read(principal, id), response)


@router.get(
    "/retention-runs/{id}/entries",
    **reads(
        "listRetentionRunEntries",
        "批量清除逐人结果",
        "一批清除中的每一人（按标识）及其结果；查看会记入访问记录。",
        permission="erasure.request",
    ),
)
async def entries(id: RunId, principal: Authorised, registry: Registry, page: PageQuery) -> Page[RetentionRunRowView]:
    """Entries of a run, and what became of each."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.retention_runs.rows(principal, id, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.person_id),))
    return Page(items=[RetentionRunRowView.of(one) for one in shown], next_cursor=cursor)


@router.post(
    "/retention-runs/{id}/order",
    **step(
        "orderRetentionRun",
        "决定批量清除",
        "由县级有权限的另一人决定；随后逐人重新核对并清除，不可恢复。",
        permission="erasure.decide",
        refuses=DECIDING,
    ),
)
async def order(
    id: RunId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> RetentionRunView:
    """Decide that it is carried out."""
    return _view(await registry.retention_runs.order(principal, id, expected=expected), response)


@router.post(
    "/retention-runs/{id}/refuse",
    **step(
        "refuseRetentionRun",
        "不予批量清除",
        "由县级有权限的另一人决定不予清除。",
        permission="erasure.decide",
        refuses=DECIDING,
    ),
)
async def refuse(
    id: RunId,
    body: RefuseErasure,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> RetentionRunView:
    """Decide that nothing of it is erased."""
    return _view(await registry.retention_runs.refuse(principal, id, body.reason, expected=expected), response)


@router.post(
    "/retention-runs/{id}/withdraw",
    **step(
        "withdrawRetentionRun",
        "撤回批量清除申请",
        "撤回尚未决定的批量清除申请。",
        permission="erasure.request",
        refuses=(RunDecided,),
    ),
)
async def withdraw(
    id: RunId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> RetentionRunView:
    """Take back what nobody has decided."""
    return _view(await registry.retention_runs.withdraw(principal, id, expected=expected), response)


@router.post(
    "/retention-runs/{id}/stop",
    **step(
        "stopRetentionRun",
        "中止批量清除",
        "中止正在办理的批量清除；已清除的不可恢复，其余不再清除。",
        permission="erasure.decide",
        refuses=(RunDecided,),
    ),
)
async def stop(
    id: RunId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> RetentionRunView:
    """Erase nothing more of it."""
    return _view(await registry.retention_runs.stop(principal, id, expected=expected), response)


def _view(shown: ShownRun, response: Response) -> RetentionRunView:
    response.headers["ETag"] = etag_of(shown.record.version)
    return RetentionRunView.of(shown)
