"""Number formats of a workbook: which numbers are shown as dates or percents, and what day a serial number is.

Built-in formats 27–36 and 50–58 are dates of the Chinese edition; a workbook that uses them does not spell them out.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum

from shared.spreadsheets.cells import NO_DAY, Cell, CellKind


class Shown(Enum):
    """As what a number is shown."""

    NUMBER = 0
    PERCENT = 1
    DATE = 2


_BUILT_IN: Mapping[int, Shown] = {
    9: Shown.PERCENT,
    10: Shown.PERCENT,
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), Shown.DATE),
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_GENERAL = re.compile(r"general|g/通用格式", re.IGNORECASE)
_DATE_LETTER = re.compile(r"[ymdhs]", re.IGNORECASE)

_DAY = 86_400
_EPOCH, _EPOCH_1904 = date(1899, 12, 31), date(1904, 1, 1)
_LAST = 2_958_465  # 9999-12-31
_LEAP = 60  # the day 1900-02-29, which the first spreadsheet program believed in and all others keep


def shown_as(number: int, codes: Mapping[int, str]) -> Shown:
    """How format `number` shows a number, given the formats that the workbook spells out."""
    code = codes.get(number)
    if code is None:
        return _BUILT_IN.get(number, Shown.NUMBER)
    bare = _GENERAL.sub("", _LITERAL.sub("", code.partition(";")[0]))
    if "%" in bare:
        return Shown.PERCENT
    return Shown.DATE if _DATE_LETTER.search(bare) else Shown.NUMBER


def dated(text: str, *, from_1904: bool) -> Cell:
    """The day, time or moment of a serial number that is shown as a date; an error cell if there is no such day."""
    try:
        serial = float(text)
    except ValueError:
        return Cell(CellKind.ERROR, NO_DAY)
    if not 0 <= serial < _LAST + 1:
        return Cell(CellKind.ERROR, NO_DAY)
    seconds = round(serial * _DAY)
    days, seconds = divmod(seconds, _DAY)
    if days == 0 and seconds:
        hours, rest = divmod(seconds, 3_600)
        return Cell(CellKind.TIME, time(hours, rest // 60, rest % 60).isoformat())
    if from_1904:
        found = _EPOCH_1904 + timedelta(days=days)
    elif days in (0, _LEAP):
        return Cell(CellKind.ERROR, NO_DAY)
    else:
        found = _EPOCH + timedelta(days=days - (days > _LEAP))
    if not seconds:
        return Cell(CellKind.DAY, found.isoformat())
    moment = datetime.combine(found, time()) + timedelta(seconds=seconds)
    return Cell(CellKind.MOMENT, moment.isoformat())


def written_as_iso(text: str) -> Cell:
    """The cell of type `d`: a date in ISO 8601, as strict workbooks write it."""
    try:
        found = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return Cell(CellKind.ERROR, NO_DAY)
    if found.time() == time():
        return Cell(CellKind.DAY, found.date().isoformat())
    return Cell(CellKind.MOMENT, found.replace(microsecond=0, tzinfo=None).isoformat())
