"""Age bands by birth month: a band is entered on the first day of the month after the birthday's month."""

from datetime import date
from typing import NamedTuple


class Band(NamedTuple):
    """Ages from `low` up to and without `high`; open above when `high` is None."""

    name: str
    low: int
    high: int | None


BANDS = (
    Band("0-14", 0, 15),
    Band("15-59", 15, 60),
    Band("60+", 60, None),
    Band("65+", 65, None),
    Band("80+", 80, None),
)
"""The first three divide everybody (0–14, 15–59, 60 and over); the others are parts of the third."""

INSIDE = {"65+": "60+", "80+": "60+"}
"""Bands that lie inside another one."""


def reaches(birth_month: str, age: int) -> date:
    """The day on which a person born in `birth_month` (`YYYY-MM`) counts as `age` years old; birth itself for 0.

    The last day of the calendar for ages that lie beyond it.
    """
    year, month = int(birth_month[:4]), int(birth_month[5:])
    if age == 0:
        return date(year, month, 1)
    if year + age + month // 12 > date.max.year:
        return date.max
    return date(year + age + month // 12, month % 12 + 1, 1)
