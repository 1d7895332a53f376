"""Imports and exports of records over HTTP: bodies in, views out."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.ledger_records import FieldName
from shared.exports.domain import ExportFormat
from shared.http.schemas import Body
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
