"""In what a table is written, and what is refused."""

from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

NOUN = "export"
PAGE = 500
"""Rows of one page, each read in a transaction of its own."""
MAX_WORKBOOK = 20_000
"""Rows of an exported workbook, which is made in memory; more are sent to text."""
MAX_BYTES = 1 << 30


class ExportFormat(NamedCode):
    """In what a table is written."""

    XLSX = "xlsx", "Excel 工作簿"
    CSV = "csv", "CSV 文本"


class ExportNotWritten(DomainError):
    """Refusal: the table is not written, or will not be."""

    kind, code, title = ErrorKind.CONFLICT, "export_not_written", "表格尚未写好"
    advice = "请先查询导出的状态；已失败或已取消的请重新导出"
