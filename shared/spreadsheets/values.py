"""A cell as the value of its column, or why it is none. What may have been another value is refused, never guessed."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from shared.spreadsheets.cells import Cell, CellKind
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.days import read_day, read_time
from shared.spreadsheets.findings import CellProblem, Unreadable
from shared.spreadsheets.gb18030 import with_assigned

Value = str | int | bool | list[str]
"""A value in its JSON form."""

PRECISION = 15
"""Significant digits that spreadsheet programs keep."""
MAX_WHOLE = 9_007_199_254_740_991

_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,2}")
_AMOUNT = re.compile(r"([-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[-+]?[0-9]+(?:\.[0-9]+)?|[-+]?\.[0-9]+)([万亿]?)元?")
_SEPARATORS = re.compile(r"[、，,;；/\n|]+")
_YES = frozenset({"是", "有", "对", "√", "✓", "✔", "1", "y", "yes", "true"})
_NO = frozenset({"否", "无", "没有", "不", "×", "✗", "✘", "0", "n", "no", "false"})
_POWERS: Mapping[str, int] = {"": 1, "万": 10_000, "亿": 100_000_000}


def read_value(cell: Cell, column: Column, factor: Decimal = Decimal(1)) -> Value | None:
    """The value of a cell in this column; None if nothing but spaces stands there. Raises `Unreadable`.

    `factor`: by what amounts are multiplied, as the unit in the column's title says (万元: 10,000).
    """
    kind, text = cell
    if kind is CellKind.TEXT:
        if not text.isalnum():  # else nothing of this stands in it
            text = with_assigned(text).strip().strip("\u200b\ufeff").strip()
            if not text:
                return None
        if len(text) > column.max_length:
            raise Unreadable(CellProblem.TOO_LONG)
        if text is not cell.text:
            cell = Cell(CellKind.TEXT, text)
    elif kind is CellKind.ERROR:
        raise Unreadable(CellProblem.ERROR_CELL)
    elif kind is CellKind.COVERED:
        raise Unreadable(CellProblem.MERGED)
    if column.type in _AMOUNTS:
        if column.type is not ColumnType.PERCENT and (cell.kind is CellKind.PERCENT or cell.text.endswith(("%", "％"))):
            raise Unreadable(CellProblem.NOT_A_NUMBER)
        return _AMOUNTS[column.type](_decimal(cell) * factor, column)
    return _READERS[column.type](cell, column)


def _text(cell: Cell, _: Column) -> str:
    match cell.kind:
        case CellKind.TEXT:
            return cell.text
        case CellKind.NUMBER:
            number = Decimal(cell.text)
            if number != number.to_integral_value() or len(number.as_tuple().digits) > PRECISION or "E" in cell.text:
                raise Unreadable(CellProblem.NUMBER_NOT_TEXT)
            return str(int(number))
        case CellKind.DAY | CellKind.MOMENT | CellKind.TIME:
            raise Unreadable(CellProblem.DATE_NOT_TEXT)
    raise Unreadable(CellProblem.NUMBER_NOT_TEXT)


def _digits(cell: Cell, _: Column) -> str:
    if cell.kind is not CellKind.TEXT:
        raise Unreadable(CellProblem.NUMBER_NOT_TEXT)
    text = unicodedata.normalize("NFKC", cell.text).removeprefix("'")
    if _ROUNDED.fullmatch(text):
        raise Unreadable(CellProblem.NUMBER_ROUNDED)
    return text


def _phone(cell: Cell, column: Column) -> str:
    if cell.kind is CellKind.NUMBER and re.fullmatch(r"1[0-9]{10}(?:\.0+)?", cell.text):
        return cell.text[:11]  # eleven digits without a leading zero: whole in any program
    return _digits(cell, column)


def _decimal(cell: Cell) -> Decimal:
    """The number of a cell to the digits that programs keep: 0.30000000000000004 is 0.3."""
    if cell.kind in (CellKind.NUMBER, CellKind.PERCENT):
        number = Decimal(cell.text)
        digits = len(number.as_tuple().digits)
        if number == number.to_integral_value() and abs(number) >= 10**PRECISION:
            raise Unreadable(CellProblem.TOO_LARGE)
        if digits > PRECISION:
            number = Decimal(f"{number:.{PRECISION - 1}e}")
        return number * 100 if cell.kind is CellKind.PERCENT else number
    if cell.kind is not CellKind.TEXT:
        raise Unreadable(CellProblem.NOT_A_NUMBER)
    text = unicodedata.normalize("NFKC", cell.text).replace(" ", "").lstrip("¥￥$").removesuffix("%")
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise Unreadable(CellProblem.NUMBER_ROUNDED if _ROUNDED.fullmatch(text) else CellProblem.NOT_A_NUMBER)
    try:
        return Decimal(found[1].replace(",", "")) * _POWERS[found[2]]
    except InvalidOperation as error:
        raise Unreadable(CellProblem.NOT_A_NUMBER) from error


def _whole(number: Decimal, _: Column) -> int:
    if number != number.to_integral_value():
        raise Unreadable(CellProblem.NOT_WHOLE)
    if abs(number) > MAX_WHOLE:
        raise Unreadable(CellProblem.TOO_LARGE)
    return int(number)


def _money(number: Decimal, column: Column) -> int:
    fen = number * 100
    if fen != fen.to_integral_value():
        raise Unreadable(CellProblem.TOO_PRECISE)
    return _whole(fen, column)


def _scaled(number: Decimal, column: Column) -> str:
    exact = number.quantize(Decimal(1).scaleb(-column.scale)) if abs(number) < 10**PRECISION else None
    if exact is None:
        raise Unreadable(CellProblem.TOO_LARGE)
    if exact != number:
        raise Unreadable(CellProblem.TOO_PRECISE)
    return f"{exact:f}"


def _boolean(cell: Cell, _: Column) -> bool:
    text = cell.text.casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Unreadable(CellProblem.NOT_YES_OR_NO)


def _day(cell: Cell, _: Column) -> str:
    match cell.kind:
        case CellKind.DAY | CellKind.MOMENT:
            return read_day(cell.text[:10])
        case CellKind.TEXT:
            return read_day(cell.text)
        case CellKind.NUMBER if re.fullmatch(r"(?:19|20)[0-9]{6}", cell.text):
            return read_day(cell.text)
        case CellKind.NUMBER:
            raise Unreadable(CellProblem.SERIAL_DAY)
    raise Unreadable(CellProblem.NOT_A_DAY)


def _time(cell: Cell, _: Column) -> str:
    if cell.kind in (CellKind.TIME, CellKind.TEXT):
        return read_time(cell.text)
    raise Unreadable(CellProblem.NOT_A_TIME)


def _choice(cell: Cell, column: Column) -> str:
    text = _text(cell, column)
    code = column.code_of(text)
    if code is not None:
        return code
    several = [part for part in _SEPARATORS.split(text) if part.strip()]
    if len(several) > 1 and all(map(column.code_of, several)):
        raise Unreadable(CellProblem.TWO_CHOICES)
    raise Unreadable(CellProblem.NOT_A_CHOICE)


def _choices(cell: Cell, column: Column) -> list[str]:
    text = _text(cell, column)
    whole = column.code_of(text)  # a title may hold a separator itself
    if whole is not None:
        return [whole]
    codes = [column.code_of(part) for part in _SEPARATORS.split(text) if part.strip()]
    found = [code for code in codes if code is not None]
    if len(found) < len(codes):
        raise Unreadable(CellProblem.NOT_A_CHOICE)
    return list(dict.fromkeys(found))


_AMOUNTS: Mapping[ColumnType, Callable[[Decimal, Column], Value]] = {
    ColumnType.INTEGER: _whole,
    ColumnType.DECIMAL: _scaled,
    ColumnType.MONEY: _money,
    ColumnType.PERCENT: _scaled,
}
_READERS: Mapping[ColumnType, Callable[[Cell, Column], Value]] = {
    ColumnType.TEXT: _text,
    ColumnType.DIGITS: _digits,
    ColumnType.PHONE: _phone,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DAY: _day,
    ColumnType.TIME: _time,
    ColumnType.CHOICE: _choice,
    ColumnType.CHOICES: _choices,
}
