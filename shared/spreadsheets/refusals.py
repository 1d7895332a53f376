"""Why a whole file is refused. What is wrong with single cells stands in `shared.spreadsheets.findings`."""

from shared.errors import DomainError, ErrorKind


class NotASpreadsheet(DomainError):
    """Refusal: the content is none of `.xlsx`, `.xls` and `.csv`, whatever the file is called."""

    kind, code, title = ErrorKind.INVALID, "not_a_spreadsheet", "文件不是可识别的表格"
    advice = "请用WPS或Excel另存为 .xlsx 或 .csv 后重新上传"


class TablePage(DomainError):
    """Refusal: a web page or an XML table with the ending of a spreadsheet, as some systems export it."""

    kind, code, title = ErrorKind.INVALID, "table_page", "文件是网页格式的表格，不是真正的表格文件"
    advice = "请用WPS或Excel打开后另存为 .xlsx，再重新上传"


class Macros(DomainError):
    """Refusal: the file carries macros."""

    kind, code, title = ErrorKind.INVALID, "spreadsheet_macros", "表格含有宏，不能导入"
    advice = "请另存为不含宏的 .xlsx 后重新上传"


class Locked(DomainError):
    """Refusal: the file is encrypted with a password."""

    kind, code, title = ErrorKind.INVALID, "spreadsheet_locked", "表格设有打开密码，无法读取"
    advice = "请取消密码后重新保存并上传"


class TooManySheets(DomainError):
    """Refusal: more worksheets than anybody fills in by hand."""

    kind, code, title = ErrorKind.INVALID, "too_many_sheets", "工作表过多"
    advice = "请只保留要导入的工作表后重新上传"


class Expands(DomainError):
    """Refusal: unpacked, the file would be out of all proportion (zip bomb)."""

    kind, code, title = ErrorKind.INVALID, "spreadsheet_expands", "表格解压后过大，不能导入"
    advice = "请将内容另存为 .csv 后重新上传"


class TooManyRows(DomainError):
    """Refusal: more rows than are read of this format."""

    kind, code, title = ErrorKind.TOO_LARGE, "too_many_rows", "表格行数过多"
    advice = "请另存为 .csv（不限行数）后重新上传，或分成几个文件"


class TooManyColumns(DomainError):
    """Refusal: a table wider than any register."""

    kind, code, title = ErrorKind.INVALID, "too_many_columns", "表格列数过多"
    advice = "请只保留要导入的列后重新上传"


class Broken(DomainError):
    """Refusal: the file is damaged, or made so that reading it would not end."""

    kind, code, title = ErrorKind.INVALID, "spreadsheet_broken", "表格文件已损坏，无法读取"
    advice = "请用WPS或Excel打开并重新保存后上传"


class UnknownEncoding(DomainError):
    """Refusal: the text is neither UTF-8 nor GB 18030; `detail` names the first line that is not."""

    kind, code, title = ErrorKind.INVALID, "unknown_encoding", "文本编码无法识别"
    advice = "请用WPS或Excel另存为“CSV UTF-8”后重新上传"


class BrokenText(DomainError):
    """Refusal: the text is not a table: quotes that never close, a cell without end. `detail` names the row."""

    kind, code, title = ErrorKind.INVALID, "csv_broken", "CSV 文件的引号或分隔符不完整"
    advice = "请用WPS或Excel打开并重新保存后上传"


class NoSuchSheet(DomainError):
    """Refusal: the worksheet that was asked for does not exist or is hidden; or no visible one has anything in it."""

    kind, code, title = ErrorKind.INVALID, "no_such_sheet", "找不到要导入的工作表，或其中没有内容"
    advice = "请核对工作表名称；隐藏的工作表须先取消隐藏"


class NoHeader(DomainError):
    """Refusal: no row holds the titles that are needed; `errors` names those that were missing in the best one."""

    kind, code, title = ErrorKind.INVALID, "no_header", "没有找到完整的表头"
    advice = "请使用下载的模板，或补齐所列的列标题"


class TitleTwice(DomainError):
    """Refusal: two columns have titles of one field; `errors` names the columns."""

    kind, code, title = ErrorKind.INVALID, "title_twice", "有两列的标题对应同一项内容"
    advice = "请删去或改名其中一列"


class UnitUnknown(DomainError):
    """Refusal: a title names a unit that amounts of this column are not converted from; `errors` names the column."""

    kind, code, title = ErrorKind.INVALID, "title_unit_unknown", "列标题中的单位无法换算"
    advice = "请改用模板所列的单位"


REFUSALS: dict[str, type[DomainError]] = {
    one.code: one
    for one in (
        *(NotASpreadsheet, TablePage, Macros, Locked, TooManySheets, Expands, TooManyRows, TooManyColumns),
        *(Broken, UnknownEncoding, BrokenText, NoSuchSheet),
    )
}
"""By code: how a child process says why it refused."""

OF_HEADERS: tuple[type[DomainError], ...] = (NoHeader, TitleTwice, UnitUnknown)
TITLES: dict[str, str] = {one.code: one.title for one in (*REFUSALS.values(), *OF_HEADERS)}
"""Every code that a table is refused with, in the words of the counter."""
