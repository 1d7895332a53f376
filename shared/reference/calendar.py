"""The calendar as published: each year's exceptions by the State Council's notice, and the statutory holidays by law.

The data stand in `calendar.json` beside this module (made by `deploy.calendar_data`), read at the first question.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

SATURDAY = 5
SHIPPED = "chinesecalendar-"
"""How the sources of shipped years begin; the version of the data follows."""
STATUTORY = "statutory"
"""Source of a year that rests on the regulation alone."""


@dataclass(frozen=True, slots=True)
class YearDays:
    """One year's exceptions: days off on whatever weekday, and weekend days worked (调休)."""

    year: int
    holidays: tuple[date, ...]
    working_weekends: tuple[date, ...]
    provisional: bool
    source: str


@cache
def published_years() -> tuple[YearDays, ...]:
    """The years whose notice is known, oldest first."""
    data = _data()
    return tuple(
        YearDays(
            year=int(year),
            holidays=_dates(days["holidays"]),
            working_weekends=_dates(days["working_weekends"]),
            provisional=False,
            source=data["source"],
        )
        for year, days in data["years"].items()
    )


@cache
def provisional_year(year: int) -> YearDays:
    """A year before its notice: holidays by law (全国年节及纪念日放假办法, in force since 2025), no weekend worked.

    Article 2: New Year 1, Spring Festival eve and 3, Qingming 1, Labour Day 2, Dragon Boat 1, Mid-Autumn 1, National
    Day 3. Article 6: a holiday that falls on a Saturday or Sunday is made up for on a working day; the regulation does
    not say on which, so the next ones are taken. Beyond the lunar table (2050) only the
    festivals of the solar calendar are known.
    """
    holidays = [date(year, 1, 1), date(year, 5, 1), date(year, 5, 2), *(date(year, 10, day) for day in (1, 2, 3))]
    lunar = _data()["lunar"].get(str(year))
    if lunar is not None:
        spring = date.fromisoformat(lunar["spring_festival"])
        holidays += [spring + timedelta(days=n) for n in (-1, 0, 1, 2)]
        holidays += [date.fromisoformat(lunar[name]) for name in ("qingming", "dragon_boat", "mid_autumn")]
    return YearDays(year, tuple(sorted(_with_days_in_lieu(holidays))), (), provisional=True, source=STATUTORY)


def _with_days_in_lieu(holidays: list[date]) -> set[date]:
    """The holidays, and for each on a weekend the next weekday that is not off; two on one Sunday give two."""
    off = set(holidays)
    for holiday in sorted(day for day in holidays if day.weekday() >= SATURDAY):
        day = holiday
        while day in off or day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        off.add(day)
    return off


def _dates(texts: list[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(text) for text in texts)


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(resources.files("shared.reference").joinpath("calendar.json").read_text("utf-8"))
    return data
