"""Imports and exports of records over HTTP: bodies in, views out."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.ledger_records import FieldName
from shared.http.schemas import Body, Instant, View
from shared.imports.domain import ImportStatus
from shared.imports.tables import ImportRow
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus
from shared.reference.named_code import NamedCode
from shared.spreadsheets.csv_writing import Encoding


class BeginImport(Body):
    """Which table is checked, and where its records lie."""

    file: UUID = Field(description="文件标识 of a table that was uploaded")
    area: AreaCode = Field(
        description="所属区域 of rows that name none; rows that name one lie inside it", examples=["450481100201"]
    )
    sheet: Annotated[str, Field(min_length=1, max_length=31)] | None = Field(
        default=None, description="工作表 null: the first visible one that holds anything", examples=["名册"]
    )


class RefusalView(View):
    """Why a whole file is refused, at one place."""

    path: str = Field(description="位置 column or code of a column; empty: the file", examples=["name"])
    code: str = Field(description="错误代码", examples=["missing_column"])
    message: str = Field(description="说明", examples=["缺少列“姓名”"])


class LeftOutView(View):
    """A row that is none of the table's."""

    row: int = Field(description="行号 as programs show it", examples=[31])
    reason: str = Field(description="原因 total, note or numbering", examples=["total"])


class UnknownColumnView(View):
    """A column that nothing in the ledger is called like."""

    column: str = Field(description="列 letters", examples=["A"])
    title: str = Field(description="表头 as it stands there", examples=["序号"])


class ImportView(View):
    """An import as it is now. Before `commit` nothing has changed anywhere: the check is a dry run."""

    id: UUID = Field(description="导入标识 id of the import")
    file: UUID = Field(description="文件标识 id of the table")
    area: str = Field(description="所属区域", examples=["450481100201"])
    status: ImportStatus = Field(description="状态 where it stands", examples=["checked"])
    error_code: str | None = Field(
        description="错误代码 why the file is refused: of the list table_refusals, or as operations refuse; else null",
        examples=[None],
    )
    errors: list[RefusalView] = Field(description="文件的问题 of a refused file, with what to do")
    right: int = Field(description="可导入行数 rows of which nothing wrong was found", examples=[97])
    wrong: int = Field(description="有问题行数", examples=[3])
    findings: int = Field(description="问题数", examples=[4])
    taken: int = Field(description="已导入行数", examples=[0])
    unchanged: int = Field(description="未变化行数 that were delivered before", examples=[0])
    refused: int = Field(description="导入时被拒绝的行数 since the check", examples=[0])
    done: int = Field(description="已处理行数 of the work under way", examples=[100])
    job_status: JobStatus = Field(description="任务状态 of the work", examples=["done"])
    unknown_columns: list[UnknownColumnView] = Field(description="未识别的列")
    left_out: list[LeftOutView] = Field(description="未计入的行 totals and notes")
    created_at: Instant = Field(description="创建时间")
    checked_at: Instant | None = Field(description="检查完成时间 null: not yet")
    finished_at: Instant | None = Field(description="结束时间 null: not yet")

    @classmethod
    def of(cls, row: ImportRow, job: Job) -> "ImportView":
        """An import with its work."""
        running: dict[str, Any] = {} if job.finished else dict(job.counts)
        counts = {**row.counts, **running}
        return cls(
            id=row.id,
            file=row.file,
            area=row.area,
            status=ImportStatus(row.status),
            error_code=row.error_code,
            errors=[RefusalView.model_validate(one) for one in row.errors],
            **{name: counts.get(name, 0) for name in ("right", "wrong", "findings", "taken", "unchanged", "refused")},
            done=job.done,
            job_status=job.status,
            unknown_columns=[UnknownColumnView(column=at, title=title) for at, title in row.unknown_columns],
            left_out=[LeftOutView(row=number, reason=why) for number, why in row.skipped],
            created_at=row.created_at,
            checked_at=row.checked_at,
            finished_at=row.finished_at,
        )


class FindingView(View):
    """What is wrong at one place of the table. The value itself is never told."""

    row: int = Field(description="行号 as programs show it", examples=[12])
    column: str | None = Field(description="列 letters; null: the row as a whole", examples=["C"])
    field: str | None = Field(description="字段 null: the row as a whole", examples=["found_on"])
    code: str = Field(description="错误代码", examples=["not_a_day"])
    message: str = Field(description="说明", examples=["日期无法识别或不存在，请写成 2026-11-02"])


class ExportFormat(NamedCode):
    """In what a table is written."""

    XLSX = "xlsx", "Excel 工作簿"
    CSV = "csv", "CSV 文本"


class BeginExport(Body):
    """Which records are taken out, how, and what for. The purpose stands in the table itself."""

    purpose: Purpose = Field(description="用途 recorded and written into the table", examples=["statistics"])
    area: AreaCode | None = Field(default=None, description="所属区域 null: all of yours", examples=["450481100201"])
    status: FieldName | None = Field(default=None, description="状态 null: all", examples=["registered"])
    full: bool = Field(
        default=False,
        description="完整 personal values in full: needs the ledger's permission for it",
        examples=[False],
    )
    format: ExportFormat = Field(default=ExportFormat.XLSX, description="格式", examples=["xlsx"])
    encoding: Encoding = Field(
        default=Encoding.UTF_8,
        description="编码 of .csv: utf_8, gb_18030, or utf_8_private_use for older systems",
        examples=["utf_8"],
    )


class ExportView(View):
    """An export as it is now."""

    id: UUID = Field(description="导出标识 id of the export")
    status: JobStatus = Field(
        description="状态 of the work; done: the table may be downloaded for seven days", examples=["done"]
    )
    done: int = Field(description="已写出行数", examples=[100])
    error_code: str | None = Field(description="错误代码 why it failed; null unless it did", examples=[None])

    @classmethod
    def of(cls, job: Job) -> "ExportView":
        """The export that a job writes."""
        return cls(id=job.id, status=job.status, done=job.done, error_code=job.error_code)
