"""What is refused of an XLSForm as a whole, and the bounds of what is read."""

from shared.errors import DomainError, ErrorKind, Invalid
from shared.files.kinds import FileKind

WORKBOOKS = frozenset({FileKind.XLSX, FileKind.XLS})
MAX_BYTES = 4 * 1024 * 1024
"""Bytes of an XLSForm: a form with thousands of choices has some hundred thousand."""


class XlsFormTooLarge(DomainError):
    """Refusal: larger than any form."""

    kind, code, title = ErrorKind.TOO_LARGE, "xlsform_too_large", "表单表格过大"
    advice = "请只保留 survey、choices、settings 等工作表，删去图片后重新上传"


class XlsFormNotWhole(Invalid):
    """Refusal: what the workbook says is no whole definition; `errors` names sheet and cell."""

    code, title = "xlsform_not_whole", "表单表格还不能成为台账"
    advice = "请按所列的工作表和单元格改正后重新上传"
