"""Spreadsheets of ledgers over HTTP: template, import with a check before it, report, export."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from shared.exports.domain import ExportNotWritten
from shared.files.domain import FileAttached, FileDamaged, WrongKind
from shared.files.store import NoStore
from shared.http.endpoint import creates, endpoint, reads
from shared.http.exports import ExportId, ExportView, handed_out
from shared.http.files import FilesOf
from shared.http.imports import (
    FindingView,
    ImportId,
    ImportsOf,
    ImportView,
    answers_file,
    followed,
    page_of_findings,
    reported,
    shown,
    workbook,
)
from shared.http.kit import kit_of, part_of
from shared.http.operations import streams
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.imports.domain import ImportTransitionError, NothingToImport, TooManyFindings
from shared.jobs import queue
from shared.jobs.queue import TooMuchWork
from shared.ledgers.definitions.domain import LedgerRetired, NotOpenYet
from shared.ledgers.definitions.wiring import LedgerCode
from shared.ledgers.records.wiring import LedgerParts
from shared.ledgers.sheets.columns import columns_of, template_columns
from shared.ledgers.sheets.exporting import RecordExport
from shared.ledgers.sheets.intake import require_import, target_of
from shared.ledgers.sheets.schemas import BeginExport, BeginImport
from shared.spreadsheets.writing import write_template

router = APIRouter(route_class=ServiceRoute, prefix="/ledgers/{code}", tags=["ledger sheets"])

NOT_OPEN = (LedgerRetired, NotOpenYet)


async def _exports(request: Request, context: Context) -> RecordExport:
    return RecordExport(context, context.principal, part_of(request, LedgerParts))


ExportsOf = Annotated[RecordExport, Depends(_exports)]


@router.get(
    "/template",
    **answers_file(
        reads(
            "getLedgerTemplate",
            "下载导入模板",
            "下载空白表格，含列标题、下拉选项和填写说明。",
            permission="record.import",
            refuses=NOT_OPEN,
        )
    ),
)
async def template(code: LedgerCode, request: Request, context: Context, principal: Authorised) -> Response:
    """An empty table with the ledger's titles, drop-downs and a guide."""
    ledger = await part_of(request, LedgerParts).ledgers(context.session, context.clock).open_for_records(code)
    data = write_template(ledger.title, template_columns(ledger, columns_of(ledger)))
    return await workbook(data, f"{ledger.title}模板.xlsx")


@router.post(
    "/imports",
    **creates(
        "beginImport",
        "检查导入表格",
        "检查已上传的表格。在 `commitImport` 之前不改变任何数据。",
        permission="record.import",
        refusals=(403, 404),
        etag=False,
        refuses=(*NOT_OPEN, WrongKind, FileAttached, TooMuchWork),
    ),
)
async def begin(
    code: LedgerCode,
    body: BeginImport,
    request: Request,
    context: Context,
    files: FilesOf,
    imports: ImportsOf,
    principal: Authorised,
) -> ImportView:
    """Check a table that was uploaded. Nothing changes before `commitImport`."""
    ledger = await part_of(request, LedgerParts).ledgers(context.session, context.clock).open_for_records(code)
    require_import(principal, ledger, body.area)
    row = await imports.begin(target_of(code), files, body.file, area=body.area, sheet=body.sheet)
    return ImportView.of(row, await queue.find(context.session, row.job), imports.crypto)


@router.get(
    "/imports/{id}",
    **reads("getImport", "查询导入", "您的一次导入的当前情况。", permission="record.import", scope="own"),
)
async def get_import(code: LedgerCode, id: ImportId, imports: ImportsOf) -> ImportView:
    """An import of yours as it is now."""
    return await shown(imports, target_of(code), id)


@router.get(
    "/imports/{id}/progress",
    **streams(
        reads(
            "followImport",
            "跟踪导入",
            "持续跟踪导入：有变化时发送 `progress` 事件，结束时发送 `end`。",
            permission="record.import",
            scope="own",
            refusals=(404, 429),
        )
    ),
)
async def follow(code: LedgerCode, id: ImportId, request: Request, context: Context, imports: ImportsOf) -> Response:
    """The same as it goes on: an event `progress` whenever it has changed, `end` when the work is over."""
    return await followed(request, context, imports, target_of(code), id)


@router.get(
    "/imports/{id}/findings",
    **reads("listFindings", "导入问题清单", "表格中的问题，按行、列列出。", permission="record.import", scope="own"),
)
async def list_findings(code: LedgerCode, id: ImportId, page: PageQuery, imports: ImportsOf) -> Page[FindingView]:
    """What is wrong with the table, by row and column."""
    return await page_of_findings(imports, target_of(code), id, page)


@router.get(
    "/imports/{id}/report",
    **answers_file(
        reads(
            "getImportReport",
            "下载导入报告",
            "下载有问题的行，问题单元格已标出；最多 10000 行。检查完成之前没有报告；须现在仍可在该区域导入。",
            permission="record.import",
            scope="own",
            refuses=(ImportTransitionError, FileDamaged, NoStore),
        )
    ),
)
async def report(
    code: LedgerCode, id: ImportId, request: Request, context: Context, imports: ImportsOf, principal: Authorised
) -> Response:
    """The rows in which something is wrong, as a table with the cells marked; up to 10,000 of them.

    It shows what was handed in, to who may still import there.
    """
    row = await imports.report(target_of(code), id)
    ledger = await part_of(request, LedgerParts).ledgers(context.session, context.clock).newest(code)
    require_import(principal, ledger, row.area)
    return await reported(request, context.session, row)


@router.post(
    "/imports/{id}/commit",
    **creates(
        "commitImport",
        "确认导入",
        "导入检查中没有问题的行。",
        permission="record.import",
        scope="own",
        refusals=(404,),
        status=200,
        etag=False,
        refuses=(*NOT_OPEN, ImportTransitionError, NothingToImport, TooManyFindings),
    ),
)
async def commit(
    code: LedgerCode, id: ImportId, request: Request, context: Context, imports: ImportsOf, principal: Authorised
) -> ImportView:
    """Take in the rows of which nothing wrong was found."""
    ledger = await part_of(request, LedgerParts).ledgers(context.session, context.clock).open_for_records(code)
    row, _ = await imports.read(target_of(code), id)
    require_import(principal, ledger, row.area)
    await imports.commit(target_of(code), id)
    return await shown(imports, target_of(code), id)


@router.post(
    "/imports/{id}/cancel",
    **creates(
        "cancelImport",
        "取消导入",
        "取消导入；已经导入的行保留。",
        permission="record.import",
        scope="own",
        refusals=(404,),
        status=200,
        etag=False,
        refuses=(ImportTransitionError,),
    ),
)
async def cancel(code: LedgerCode, id: ImportId, imports: ImportsOf) -> ImportView:
    """Stop it. Rows that were taken in by then stay."""
    await imports.cancel(target_of(code), id)
    return await shown(imports, target_of(code), id)


@router.post(
    "/exports",
    **creates(
        "beginExport",
        "导出台账",
        "把您可以查看的记录导出成表格，完成后七日内可下载。",
        permission="record.export",
        refusals=(403, 404, 409),
        etag=False,
        refuses=(TooMuchWork,),
    ),
)
async def begin_export(code: LedgerCode, body: BeginExport, exports: ExportsOf) -> ExportView:
    """Have a table written of what you may see; download it within seven days."""
    return ExportView.of(await exports.begin(code, body))


@router.get(
    "/exports/{id}",
    **reads("getExport", "查询导出", "您的一次导出的当前情况。", permission="record.export", scope="own"),
)
async def get_export(code: LedgerCode, id: ExportId, exports: ExportsOf) -> ExportView:
    """An export of yours as it is now."""
    return ExportView.of(await exports.read(code, id))


@router.get(
    "/exports/{id}/content",
    **answers_file(
        reads(
            "getExportContent",
            "下载导出表格",
            "下载写好的表格，七日内有效；导出时所凭的权限现在须仍然有效，每次下载留痕。",
            permission="record.export",
            scope="own",
            refusals=(404, 409),
            refuses=(ExportNotWritten, FileDamaged, NoStore),
        )
    ),
)
async def get_export_content(code: LedgerCode, id: ExportId, request: Request, exports: ExportsOf) -> Response:
    """The table that an export of yours wrote, as long as you may see all that it was written of."""
    found = await exports.content(kit_of(request).archive, code, id)
    return await handed_out(request, found)


@router.post(
    "/exports/{id}/cancel",
    **endpoint(
        "cancelExport",
        "取消导出",
        "取消导出。",
        permission="record.export",
        scope="own",
        refusals=(404,),
        idempotent=True,
    ),
)
async def cancel_export(code: LedgerCode, id: ExportId, exports: ExportsOf) -> ExportView:
    """Stop it."""
    return ExportView.of(await exports.cancel(code, id))
