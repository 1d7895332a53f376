"""Imports and exports of records over HTTP: bodies in, views out."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.ledger_records import FieldName
from shared.http.schemas import Body, View
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
