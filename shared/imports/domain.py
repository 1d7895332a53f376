"""Statuses of an import, what it may be asked for, and what is refused."""

from collections.abc import Mapping
from datetime import timedelta

from shared.errors import DomainError, ErrorKind, FieldError
from shared.reference.named_code import NamedCode

CHECK_KIND, COMMIT_KIND = "import_check", "import_commit"
BATCH = 500
"""Rows of one step of the long work."""
MANY = 1_000
"""Rows that were taken in after which the tables that they lie in are analysed."""
MAX_FINDINGS = 100_000
"""Findings that are kept; all are counted. A table of which some are not kept is not taken in."""
MOST_EQUAL = 32_767
"""Equal rows of one table: each is kept by its number."""
TOO_MANY_EQUAL = FieldError("", "too_many_equal", "此行在表格中重复过多，请核对是否误粘贴")
KEPT = timedelta(days=92)
"""How long an import is kept, and the table with it."""


class ImportStatus(NamedCode):
    """Where an import stands. Nothing counts anywhere before it is `committing`."""

    CHECKING = "checking", "检查中"
    CHECKED = "checked", "已检查"
    REFUSED = "refused", "文件不能导入"
    COMMITTING = "committing", "导入中"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


TRANSITIONS: Mapping[ImportStatus, frozenset[ImportStatus]] = {
    ImportStatus.CHECKING: frozenset({ImportStatus.CHECKED, ImportStatus.REFUSED, ImportStatus.CANCELLED}),
    ImportStatus.CHECKED: frozenset({ImportStatus.COMMITTING, ImportStatus.CANCELLED}),
    ImportStatus.COMMITTING: frozenset({ImportStatus.DONE, ImportStatus.CANCELLED}),
    ImportStatus.REFUSED: frozenset(),
    ImportStatus.DONE: frozenset(),
    ImportStatus.CANCELLED: frozenset(),
}


class ImportTransitionError(DomainError):
    """Refusal: an import does not go that way from where it stands."""

    kind, code, title = ErrorKind.CONFLICT, "import_status", "导入任务当前状态不能进行此操作"
    advice = "请刷新后查看导入任务的状态"


class NothingToImport(DomainError):
    """Refusal: not one row of the table can be taken in."""

    kind, code, title = ErrorKind.CONFLICT, "nothing_to_import", "表格中没有可以导入的行"
    advice = "请按检查报告改正后重新上传"


class TooManyFindings(DomainError):
    """Refusal: more is wrong with the table than is kept, so that nobody could say which rows are left out."""

    kind, code, title = ErrorKind.CONFLICT, "too_many_findings", "表格中的问题过多，不能导入"
    advice = "请先改正检查报告中的问题，或把表格分成几份后重新上传"


class ColumnsChanged(DomainError):
    """Refusal: a column that was read when the table was checked is not read any more; what it holds would be lost."""

    kind, code, title = ErrorKind.CONFLICT, "import_columns_changed", "检查之后台账已更新，表格中有的列不能再导入"
    advice = "请按新模板调整表格，重新上传并检查；已经导入的行保留"
