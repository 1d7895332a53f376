"""What is wrong with single cells: by row, column and code, with a Chinese message. Never the value itself."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class CellProblem(StrEnum):
    """Why a cell is not taken."""

    MISSING = "missing"
    ERROR_CELL = "error_cell"
    MERGED = "merged_cell"
    NUMBER_NOT_TEXT = "number_not_text"
    NUMBER_ROUNDED = "number_rounded"
    DATE_NOT_TEXT = "date_not_text"
    NOT_WHOLE = "not_whole"
    NOT_A_NUMBER = "not_a_number"
    TOO_PRECISE = "too_precise"
    TOO_LARGE = "too_large"
    NOT_A_DAY = "not_a_day"
    SERIAL_DAY = "serial_day"
    SHORT_YEAR = "short_year"
    DAY_MISSING = "day_missing"
    NOT_A_TIME = "not_a_time"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_CHOICE = "not_a_choice"
    TWO_CHOICES = "two_choices"
    TOO_LONG = "too_long"


MESSAGES: Mapping[CellProblem, str] = {
    CellProblem.MISSING: "必填",
    CellProblem.ERROR_CELL: "单元格是错误值或没有结果的公式，请改填数值或文字",
    CellProblem.MERGED: "此格被上方或左侧的合并单元格覆盖，请取消合并后逐格填写",
    CellProblem.NUMBER_NOT_TEXT: "号码存成了数字，位数可能已经丢失；请将此列设为文本格式后重新录入，不要只改格式",
    CellProblem.NUMBER_ROUNDED: "号码已被表格软件改成科学计数，末几位已经丢失；请按原件重新录入",
    CellProblem.DATE_NOT_TEXT: "此格被表格软件改成了日期；请将此列设为文本格式后重新录入",
    CellProblem.NOT_WHOLE: "应为整数，此格是小数",
    CellProblem.NOT_A_NUMBER: "不是数字",
    CellProblem.TOO_PRECISE: "小数位数过多",
    CellProblem.TOO_LARGE: "数字过大，表格软件只保留15位",
    CellProblem.NOT_A_DAY: "日期无法识别或不存在，请写成 2026-11-02",
    CellProblem.SERIAL_DAY: "日期存成了数字；请将此格设为日期格式后核对，或写成 2026-11-02",
    CellProblem.SHORT_YEAR: "年份请写四位，如 2026-11-02",
    CellProblem.DAY_MISSING: "日期不完整，请写到日，如 2026-11-02",
    CellProblem.NOT_A_TIME: "时间无法识别，请写成 09:30",
    CellProblem.NOT_YES_OR_NO: "请填写“是”或“否”",
    CellProblem.NOT_A_CHOICE: "不在可选项之内，请从下拉列表中选择",
    CellProblem.TWO_CHOICES: "此项只能选一个",
    CellProblem.TOO_LONG: "内容过长，请缩短后重新填写",
}


class Finding(NamedTuple):
    """What is wrong at one place. `column`: letters; None if it concerns the row. `field`: code of the column."""

    row: int
    column: str | None
    field: str | None
    code: str
    message: str


class Unreadable(ValueError):
    """A cell that is not taken."""

    def __init__(self, problem: CellProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem
