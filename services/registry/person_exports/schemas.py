"""Bodies of exports of residents."""

from pydantic import Field

from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.exports.domain import ExportFormat
from shared.http.schemas import Body
from shared.spreadsheets.csv_writing import Encoding


class BeginPersonExport(Body):
    """Which residents are taken out, how, and what for. The purpose stands in the table itself."""

    purpose: Purpose = Field(description="用途 recorded and written into the table", examples=["statistics"])
    area: AreaCode = Field(description="所属区域 where they live or are registered", examples=["450481100201"])
    book: Book = Field(
        default=Book.RESIDENCE,
        description="账簿 by residence (常住) or registered place (户籍)",
        examples=["residence"],
    )
    status: PersonStatus = Field(
        default=PersonStatus.ACTIVE, description="状态 where they stand in that book", examples=["active"]
    )
    full: bool = Field(
        default=False, description="完整 names, numbers, phones and addresses in full, if you may", examples=[False]
    )
    format: ExportFormat = Field(default=ExportFormat.XLSX, description="格式", examples=["xlsx"])
    encoding: Encoding = Field(
        default=Encoding.UTF_8,
        description="编码 of .csv: utf_8, gb_18030, or utf_8_private_use for older systems",
        examples=["utf_8"],
    )
