"""Columns that a table is asked for: what they are called, and as what their cells are taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from shared.reference.named_code import NamedCode
from shared.spreadsheets.cells import plain


class ColumnType(NamedCode):
    """As what a cell is taken. JSON forms are those of ledgers: texts, whole numbers, decimals as text, ISO days."""

    TEXT = "text", "文本"
    DIGITS = "digits", "号码"  # identity numbers, area codes, accounts: never a number
    PHONE = "phone", "电话"
    INTEGER = "integer", "整数"
    DECIMAL = "decimal", "小数"
    MONEY = "money", "金额"  # yuan in the table, fen in the value
    PERCENT = "percent", "百分数"
    BOOLEAN = "boolean", "是否"
    DAY = "day", "日期"
    TIME = "time", "时间"
    CHOICE = "choice", "单选"
    CHOICES = "choices", "多选"


class Merged(StrEnum):
    """What a cell means that a merged one covers."""

    REFUSED = "refused"  # '' stands there, and an error says so
    REPEATED = "repeated"  # the merged value holds for every row that it spans downwards


LONGEST = 32_767
"""Characters that spreadsheet programs hold in a cell."""


@dataclass(frozen=True)
class Column:
    """A column. `choices`: titles by code. `also`: codes by what the choices are called besides.

    `scale`: digits behind the point of a decimal or percent. `max_length`: characters of a cell that is read.
    """

    code: str
    title: str
    type: ColumnType = ColumnType.TEXT
    required: bool = False
    synonyms: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    scale: int = 2
    merged: Merged = Merged.REFUSED
    help: str = ""
    example: str = ""
    also: Mapping[str, str] = field(default_factory=dict)
    max_length: int = LONGEST

    def code_of(self, text: str) -> str | None:
        """The choice that is called so; None: none is."""
        return self._codes.get(text) or self._codes.get(plain(text))

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for code, title in self.choices.items():
            found.setdefault(plain(title), code)
            found.setdefault(code, code)
        for name, code in self.also.items():
            found.setdefault(plain(name), code)
        return found
