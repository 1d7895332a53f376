"""Statements of accounts as tables (对账单导出) over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from shared.errors import FieldError, Invalid
from shared.exports.domain import ExportNotWritten
from shared.files.domain import FileDamaged
from shared.files.store import NoStore
from shared.http.endpoint import creates, endpoint, reads
from shared.http.exports import ExportId, ExportView, handed_out
from shared.http.imports import answers_file
from shared.http.kit import kit_of, part_of
from shared.http.route import ServiceRoute
from shared.http.transaction import Context
from shared.jobs.queue import TooMuchWork
from shared.ledgers.accounts.domain import LedgerWithoutAccounts
from shared.ledgers.accounts.exporting import StatementExport
from shared.ledgers.accounts.schemas import BeginStatementExport
from shared.ledgers.accounts.wiring import account_use_cases
from shared.ledgers.definitions.wiring import LedgerCode
from shared.ledgers.records.wiring import LedgerParts

router = APIRouter(route_class=ServiceRoute, prefix="/ledgers/{code}/statement-exports", tags=["ledger accounts"])


async def _exports(request: Request, context: Context) -> StatementExport:
    reads_ = account_use_cases(context, part_of(request, LedgerParts)).reads
    return StatementExport(context, context.principal, reads_)


ExportsOf = Annotated[StatementExport, Depends(_exports)]


@router.post(
    "",
    **creates(
        "beginStatementExport",
        "导出对账单",
        "把一个账户从某日到某日的对账单写成表格：期初余额、各笔分录、期末余额；摘要脱敏，完整导出须有台账规定的权限。",
        permission="record.export",
        refusals=(403, 404, 409),
        etag=False,
        refuses=(TooMuchWork, LedgerWithoutAccounts),
    ),
)
async def begin(code: LedgerCode, body: BeginStatementExport, exports: ExportsOf) -> ExportView:
    """Have a statement written of an account that you may take out; download it within seven days."""
    if body.until < body.since:
        raise Invalid(errors=[FieldError("until", "days_reversed", "止日不得早于起日")])
    return ExportView.of(await exports.begin(code, body))


@router.get(
    "/{id}",
    **reads(
        "getStatementExport", "查询对账单导出", "您的一次导出的当前情况。", permission="record.export", scope="own"
    ),
)
async def get_export(code: LedgerCode, id: ExportId, exports: ExportsOf) -> ExportView:
    """An export of yours as it is now."""
    return ExportView.of(await exports.read(code, id))


@router.get(
    "/{id}/content",
    **answers_file(
        reads(
            "getStatementExportContent",
            "下载对账单",
            "下载写好的对账单，七日内有效；导出时所凭的权限现在须仍然有效，每次下载留痕。",
            permission="record.export",
            scope="own",
            refusals=(403, 404, 409),
            refuses=(ExportNotWritten, FileDamaged, NoStore),
        )
    ),
)
async def get_content(code: LedgerCode, id: ExportId, request: Request, exports: ExportsOf) -> Response:
    """The table that an export of yours wrote, as long as you may take out that account."""
    found = await exports.content(kit_of(request).archive, code, id)
    return await handed_out(request, found)


@router.post(
    "/{id}/cancel",
    **endpoint(
        "cancelStatementExport",
        "取消对账单导出",
        "取消导出。",
        permission="record.export",
        scope="own",
        refusals=(404,),
        idempotent=True,
    ),
)
async def cancel(code: LedgerCode, id: ExportId, exports: ExportsOf) -> ExportView:
    """Stop it."""
    return ExportView.of(await exports.cancel(code, id))
