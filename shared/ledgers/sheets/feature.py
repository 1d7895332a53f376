"""Spreadsheets of ledgers as the house knows them: endpoints and long work of every service that keeps ledgers."""

from collections.abc import Callable, Sequence
from typing import Any

from shared.exports.domain import ExportFormat
from shared.feature import Feature
from shared.imports.domain import ColumnsChanged, ImportStatus
from shared.imports.intake import Target
from shared.imports.taking import ImportParts
from shared.imports.work import import_kinds
from shared.jobs.context import JobKind
from shared.ledgers.records.wiring import LedgerParts
from shared.ledgers.sheets.api import router
from shared.ledgers.sheets.exporting import export_kind
from shared.ledgers.sheets.intake import record_target
from shared.reference.codes import published
from shared.spreadsheets.csv_writing import Encoding
from shared.spreadsheets.refusals import TITLES

TargetOf = Callable[[Any], Target]
"""Makes a target out of the service's settings: of what is told by the county's own lists."""


def sheet_feature(parts: LedgerParts, imported: Sequence[Target | TargetOf] = ()) -> Feature:
    """Template, import and export of a service's ledgers. `imported`: what else the service imports."""

    def jobs(worker: Any) -> tuple[JobKind, ...]:
        records = record_target(parts.in_county(worker.settings.department_names))
        others = [one if isinstance(one, Target) else one(worker.settings) for one in imported]
        given = ImportParts.of(worker, [records, *others])
        return (*import_kinds(given), export_kind(given, parts))

    return Feature(
        router=router,
        tag="ledger sheets",
        about="台账表格：下载模板、导入、导出。 Templates, imports and exports of ledgers",
        jobs=jobs,
        code_lists=(
            published("import_statuses", "导入状态", ImportStatus),
            published("export_formats", "导出格式", ExportFormat),
            published("table_refusals", "表格退回原因", {**TITLES, ColumnsChanged.code: ColumnsChanged.title}),
            published("text_encodings", "文本编码", Encoding),
        ),
    )
