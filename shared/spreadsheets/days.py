"""Days and times as people write them into tables. What could mean two days is none."""

import re
import unicodedata
from datetime import date, time
from functools import lru_cache

from shared.reference.days import is_possible
from shared.spreadsheets.findings import CellProblem, Unreadable

_CHINESE = {letter: str(number) for number, letters in enumerate(("〇零○Ｏ", "一壹", "二贰", "三叁", "四肆", "五伍",
            "六陆", "七柒", "八捌", "九玖")) for letter in letters}  # fmt: skip
_WRITTEN = re.compile(
    r"([12][0-9]{3})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|年([0-9]{1,2})月([0-9]{1,2})[日号]|([0-9]{2})([0-9]{2}))(?:[T ]?0{1,2}:00(?::00)?(?:\.0+)?)?"
)
_MONTH = re.compile(r"[12][0-9]{3}(?:[-/.年][0-9]{1,2}月?|[0-9]{2}|年)?")
_SHORT = re.compile(r"[0-9]{1,2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,4}日?")
_TIME = re.compile(r"(上午|下午|晚上|晚)?([0-9]{1,2})[:时点]([0-9]{1,2})?[:分]?([0-9]{1,2})?秒?")


@lru_cache(maxsize=4_096)
def read_day(text: str) -> str:
    """`YYYY-MM-DD` of a day written in one of the usual ways. Raises `Unreadable`.

    2026-11-02, 2026/11/2, 2026.11.2, 2026年11月2日, 20261102, 二〇二六年十一月二日; full-width digits and a time of
    midnight do no harm. A year of two digits, or a month alone, is refused: nobody can tell the day.
    """
    written = unicodedata.normalize("NFKC", text).strip().replace(" 年", "年").replace("／", "/")
    if any(letter in written for letter in "一二三四五六七八九十"):
        written = _in_digits(written)
    written = re.sub(r"\s*([-/.年月日])\s*", r"\1", written)
    found = _WRITTEN.fullmatch(written)
    if found is None:
        if _MONTH.fullmatch(written):
            raise Unreadable(CellProblem.DAY_MISSING)
        raise Unreadable(CellProblem.SHORT_YEAR if _SHORT.fullmatch(written) else CellProblem.NOT_A_DAY)
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        made = date(year, month, day)
    except ValueError as error:
        raise Unreadable(CellProblem.NOT_A_DAY) from error
    if not is_possible(made):
        raise Unreadable(CellProblem.NOT_A_DAY)
    return made.isoformat()


def _in_digits(text: str) -> str:
    """二〇二六年十一月二十日 → 2026年11月20日."""

    def number(found: re.Match[str]) -> str:
        tens, _, ones = found[0].rpartition("十")
        if "十" in found[0]:
            return f"{_digit(tens) or '1'}{_digit(ones) or '0'}"
        return "".join(_digit(letter) for letter in found[0])

    return re.sub(f"[{''.join(_CHINESE)}十]+", number, text)


def _digit(letters: str) -> str:
    return "".join(_CHINESE.get(letter, "") for letter in letters)


def read_time(text: str) -> str:
    """`HH:MM` of a time of day. Raises `Unreadable`."""
    found = _TIME.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    if found is None:
        raise Unreadable(CellProblem.NOT_A_TIME)
    half, hour, minute = found[1], int(found[2]), int(found[3] or 0)
    if half in ("下午", "晚上", "晚") and hour < 12:
        hour += 12
    try:
        return time(hour, minute).strftime("%H:%M")
    except ValueError as error:
        raise Unreadable(CellProblem.NOT_A_TIME) from error
