"""Writes workbooks row by row: templates with drop-downs, exports that name their exporter, reports with cells marked.

No cell that is written is ever run: texts are texts, whatever they begin with. Number columns that are names of things
(identity numbers, phones, codes) are formatted as text, so that no program rounds what is typed there.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter

from shared.spreadsheets.cells import Row, letters
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.findings import Finding
from shared.spreadsheets.values import PRECISION, Value

LAST_ROW = 1_048_575
LISTED = 255
"""Characters that a drop-down may hold in itself; longer lists stand on a hidden sheet."""
YES, NO = "是", "否"
_GUIDE, _LISTS = "填写说明", "选项"
_TYPED: Mapping[ColumnType, str] = {
    ColumnType.INTEGER: "0",
    ColumnType.MONEY: "0.00",
    ColumnType.DAY: "yyyy-mm-dd",
    ColumnType.TIME: "hh:mm",
}
_OPTIONS: dict[str, Any] = {
    "in_memory": True,  # rows of people are not to lie in temporary files
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True, slots=True)
class Watermark:
    """Who took a table out, when and what for: above its titles, on every printed page, in the file's properties."""

    exporter: str
    purpose: str
    at: str
    number: str = ""

    @property
    def line(self) -> str:
        """The watermark as one line."""
        told = f"导出人：{self.exporter}　用途：{self.purpose}　时间：{self.at}"
        return f"{told}　编号：{self.number}" if self.number else told


@dataclass
class _Book:
    file: io.BytesIO
    book: Any
    formats: dict[str, Any] = field(default_factory=dict)

    def style(self, **properties: Any) -> Any:
        key = repr(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]

    def closed(self) -> bytes:
        self.book.close()
        return self.file.getvalue()


def _begun(title: str, watermark: Watermark | None = None) -> _Book:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    about = {"title": title}
    if watermark is not None:
        about |= {"author": watermark.exporter, "comments": watermark.line}
    book.set_properties(about)
    return _Book(file, book)


def write_template(title: str, columns: Sequence[Column]) -> bytes:
    """An empty table to be filled in: titles, drop-downs, formats, a hidden list of choices, a guide to the columns."""
    made = _begun(title)
    sheet = made.book.add_worksheet(_sheet_name(title))
    lists = made.book.add_worksheet(_LISTS)
    lists.hide()
    long_lists: list[tuple[int, list[str]]] = []
    for at, column in enumerate(columns):
        sheet.set_column(at, at, _width(column), made.style(num_format=_TYPED.get(column.type, "@")))
        rule = _validation(column, len(long_lists))
        if rule is not None:
            if isinstance(rule["source"], str):
                long_lists.append((at, list(column.choices.values())))
            sheet.data_validation(1, at, LAST_ROW, at, rule)
    head = {"bold": True, "text_wrap": True, "valign": "top", "border": 1}
    for at, column in enumerate(columns):
        fill = {"bg_color": "#FFF2CC"} if column.required else {}
        sheet.write_string(0, at, _titled(column), made.style(**head, **fill))
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(_side_by_side([titles for _, titles in long_lists])):
        for at, text in enumerate(row):
            if text is not None:
                lists.write_string(number, at, text)
    _guide(made, columns)
    return made.closed()


def _titled(column: Column) -> str:
    unit = {ColumnType.MONEY: "（元）", ColumnType.PERCENT: "（%）"}.get(column.type, "")
    return f"{column.title}{unit}{'*' if column.required else ''}"


def _validation(column: Column, lists: int) -> dict[str, Any] | None:
    told = {"error_title": column.title, "error_message": "请从下拉列表中选择"}
    if column.type is ColumnType.BOOLEAN:
        return {"validate": "list", "source": [YES, NO], **told}
    if column.type is not ColumnType.CHOICE or not column.choices:
        return None
    titles = list(column.choices.values())
    if len(",".join(titles)) <= LISTED and not any("," in title for title in titles):
        return {"validate": "list", "source": titles, **told}
    place = letters(lists)
    return {"validate": "list", "source": f"={_LISTS}!${place}$1:${place}${len(titles)}", **told}


def _side_by_side(lists: Sequence[Sequence[str]]) -> Iterable[list[str | None]]:
    for number in range(max(map(len, lists), default=0)):
        yield [one[number] if number < len(one) else None for one in lists]


def _guide(made: _Book, columns: Sequence[Column]) -> None:
    guide = made.book.add_worksheet(_GUIDE)
    guide.set_column(0, 0, 24)
    guide.set_column(1, 4, 40)
    for at, text in enumerate(("列", "类型", "必填", "可选项", "说明与示例")):
        guide.write_string(0, at, text, made.style(bold=True))
    for row, column in enumerate(columns, 1):
        example = f"示例：{column.example}" if column.example else ""
        told = (
            _titled(column).rstrip("*"),
            column.type.label,
            YES if column.required else NO,
            "、".join(column.choices.values()),
            "；".join(part for part in (column.help, example) if part),
        )
        for at, said in enumerate(told):
            if said:
                guide.write_string(row, at, said[:32_767])


def _sheet_name(title: str) -> str:
    """A name that programs take: at most 31 characters, none of `[]:*?/\\`."""
    return "".join("_" if letter in "[]:*?/\\'" else letter for letter in title)[:31] or "表"


def _width(column: Column) -> int:
    return max(10, min(40, 2 * len(_titled(column)) + 2), 20 if column.type is ColumnType.DIGITS else 0)


class Writer:
    """A workbook of one table that is written from the top: `add` rows, then `finish`."""

    def __init__(self, title: str, columns: Sequence[Column], watermark: Watermark | None = None) -> None:
        self._made = _begun(title, watermark)
        self._columns = columns
        self._sheet = self._made.book.add_worksheet(_sheet_name(title))
        for at, column in enumerate(columns):
            self._sheet.set_column(at, at, _width(column))
        self._next = 0
        if watermark is not None:
            line = watermark.line.replace("&", "&&")[:250]
            self._sheet.set_header(f"&C{line}")
            self._sheet.set_footer("&C第&P页 共&N页")
            self._sheet.write_string(0, 0, watermark.line, self._made.style(italic=True, font_color="#7F7F7F"))
            self._next = 1
        for at, column in enumerate(columns):
            self._sheet.write_string(self._next, at, _titled(column).rstrip("*"), self._made.style(bold=True, border=1))
        self._sheet.freeze_panes(self._next + 1, 0)
        self._next += 1

    def add(self, values: Mapping[str, Value | None]) -> None:
        """Add a row of values by code of the column; masked ones are texts."""
        for at, column in enumerate(self._columns):
            value = values.get(column.code)
            if value is not None:
                self._put(at, column, value)
        self._next += 1

    def _put(self, at: int, column: Column, value: Value) -> None:
        shown = shown_value(value, column)
        if isinstance(shown, Decimal) and len(shown.as_tuple().digits) > PRECISION:
            shown = f"{shown:f}"  # a program would round it
        if isinstance(shown, str):
            self._sheet.write_string(self._next, at, shown[:32_767], self._made.style(num_format="@"))
        else:
            self._sheet.write_number(self._next, at, float(shown), self._made.style(num_format=_shape(column)))

    def finish(self) -> bytes:
        """The workbook's bytes."""
        return self._made.closed()


def _shape(column: Column) -> str:
    decimals = 2 if column.type is ColumnType.MONEY else 0 if column.type is ColumnType.INTEGER else column.scale
    return "0" if not decimals else "0." + "0" * decimals


def shown_value(value: Value, column: Column) -> str | Decimal:
    """A value as the table shows it: titles of choices, yuan, 是 and 否. What is masked stays as it is."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return "、".join(column.choices.get(one, one) for one in value)
    if isinstance(value, int):
        return Decimal(value) / 100 if column.type is ColumnType.MONEY else Decimal(value)
    if column.type is ColumnType.CHOICE:
        return column.choices.get(value, value)
    if column.type in (ColumnType.DECIMAL, ColumnType.PERCENT):
        return Decimal(value)
    return value


def write_report(title: str, rows: Iterable[Row], findings: Mapping[int, Sequence[Finding]], width: int) -> bytes:
    """The rows of a delivered table with what is wrong marked: cells coloured, the reasons in a column of their own."""
    made = _begun(title)
    sheet = made.book.add_worksheet("问题行")
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 60)
    for at, text in enumerate(("行号", "问题", *(letters(column) for column in range(width)))):
        sheet.write_string(0, at, text, made.style(bold=True))
    sheet.freeze_panes(1, 2)
    plain_text, wrong = made.style(num_format="@"), made.style(num_format="@", bg_color="#FFC7CE")
    for at, row in enumerate(rows, 1):
        told = findings.get(row.number, ())
        marked = {finding.column for finding in told}
        sheet.write_number(at, 0, row.number)
        reasons = [f"{one.column}：{one.message}" if one.column else one.message for one in told]
        sheet.write_string(at, 1, "；".join(reasons)[:32_767], made.style(text_wrap=True))
        for column in range(width):
            cell = row.cells.get(column)
            style = wrong if letters(column) in marked else plain_text
            if cell is not None:
                sheet.write_string(at, column + 2, cell.text[:32_767], style)
            elif style is wrong:
                sheet.write_blank(at, column + 2, None, style)
    return made.closed()
