"""Writes `.csv` row by row. What a program would run as a formula gets an apostrophe, which reading takes away."""

import csv
import io
from collections.abc import Mapping, Sequence

from shared.reference.named_code import NamedCode
from shared.spreadsheets.cells import RUN
from shared.spreadsheets.columns import Column
from shared.spreadsheets.gb18030 import encode, with_private_use
from shared.spreadsheets.values import Value
from shared.spreadsheets.writing import Watermark, shown_value


class Encoding(NamedCode):
    """In what a text is written. `utf_8`: with a byte order mark, as spreadsheet programs know it by."""

    UTF_8 = "utf_8", "UTF-8（带字节顺序标记）"
    GB_18030 = "gb_18030", "GB 18030 汉字编码"
    UTF_8_PRIVATE_USE = "utf_8_private_use", "UTF-8（专用区字符）"  # for a partner whose system still holds what moved


class CsvWriter:
    """A text that is written from the top: `begin`, then `rows` as often as there are some."""

    def __init__(self, columns: Sequence[Column], encoding: Encoding = Encoding.UTF_8) -> None:
        self._columns = columns
        self._encoding = encoding

    def begin(self, watermark: Watermark | None = None) -> bytes:
        """The first bytes: byte order mark, watermark, titles."""
        mark = b"" if self._encoding is Encoding.GB_18030 else b"\xef\xbb\xbf"
        lines = [[harmless(watermark.line)]] if watermark is not None else []
        return mark + self._encoded([*lines, [harmless(column.title) for column in self._columns]])

    def rows(self, rows: Sequence[Mapping[str, Value | None]]) -> bytes:
        """The bytes of further rows."""
        return self._encoded([[self._text(row.get(column.code), column) for column in self._columns] for row in rows])

    @staticmethod
    def _text(value: Value | None, column: Column) -> str:
        shown = "" if value is None else shown_value(value, column)
        return harmless(shown) if isinstance(shown, str) else f"{shown:f}"

    def _encoded(self, rows: Sequence[Sequence[str]]) -> bytes:
        made = io.StringIO()
        csv.writer(made, lineterminator="\r\n").writerows(rows)
        text = made.getvalue()
        if self._encoding is Encoding.GB_18030:
            return encode(text)
        return (with_private_use(text) if self._encoding is Encoding.UTF_8_PRIVATE_USE else text).encode()


def harmless(text: str) -> str:
    """The text so that no program runs it (CWE-1236)."""
    return f"'{text}" if text.startswith(RUN) else text
