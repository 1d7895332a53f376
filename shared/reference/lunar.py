"""Lunar calendar (农历): days of birthdays from one calendar to the other, 1901 to 2050.

The data stand in `lunar.txt` beside this module (made by `deploy.lunar_data` where two sources agree).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, order=True)
class LunarDay:
    """A day of the lunar calendar; `leap`: of the leap month (闰月) after the month of this number."""

    year: int
    month: int
    day: int
    leap: bool = False


@dataclass(frozen=True, slots=True)
class _Month:
    year: int
    month: int
    leap: bool
    first: date
    days: int


def to_solar(day: LunarDay) -> date | None:
    """The day in the solar calendar (公历); None if there is no such lunar day, or the table does not reach it."""
    for month in _months():
        if (month.year, month.month, month.leap) == (day.year, day.month, day.leap):
            return month.first + timedelta(days=day.day - 1) if 1 <= day.day <= month.days else None
    return None


def to_lunar(day: date) -> LunarDay | None:
    """The day in the lunar calendar; None if the table does not reach it."""
    months = _months()
    place = bisect_right(months, day, key=lambda month: month.first) - 1
    if place < 0 or (day - months[place].first).days >= months[place].days:
        return None
    found = months[place]
    return LunarDay(found.year, found.month, (day - found.first).days + 1, found.leap)


@cache
def _months() -> Sequence[_Month]:
    text = resources.files("shared.reference").joinpath("lunar.txt").read_text("utf-8")
    found: list[_Month] = []
    for line in text.splitlines():
        year, begins, *months = line.split(" ")
        first = date.fromisoformat(begins)
        for told in months:
            number, days = told.split(":")
            found.append(_Month(int(year), int(number.rstrip("+")), number.endswith("+"), first, int(days)))
            first += timedelta(days=int(days))
    return tuple(found)
