"""Lunar calendar (农历): writes `shared/reference/lunar.txt` where two sources agree, and nothing where they do not.

`python -m deploy.lunar_data [--check]` asks lunar_python, which computes, and borax, which has a table. A third package
is a day off in three months between 1933 and 1978: one source is not enough for somebody's birthday. From 2089 on the
two differ, long after whoever is entered now was born.
"""

import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

from borax.calendars.lunardate import LunarDate
from lunar_python import LunarMonth, LunarYear, Solar

FILE = Path(__file__).parents[1] / "shared" / "reference" / "lunar.txt"
FIRST, LAST = 1901, 2050


class SourcesDiffer(Exception):
    """The sources do not agree on a year."""


Month = tuple[int, date, int]
"""Number (negative for a leap month), first day, length."""


def by_lunar_python(year: int) -> list[Month]:
    """Months of a lunar year as lunar_python computes them."""
    months = LunarYear.fromYear(year).getMonthsInYear()
    return [(one.getMonth(), _day(one), one.getDayCount()) for one in months if one.getYear() == year]


def by_borax(year: int) -> list[Month]:
    """Months of a lunar year as borax has them."""
    months: list[Month] = []
    firsts: list[tuple[int, date]] = []
    for month in range(1, 13):
        firsts.append((month, LunarDate(year, month, 1).to_solar_date()))
        try:
            firsts.append((-month, LunarDate(year, month, 1, 1).to_solar_date()))
        except ValueError:
            continue
    end = LunarDate(year + 1, 1, 1).to_solar_date()
    for (month, first), (_, following) in pairwise([*firsts, (0, end)]):
        months.append((month, first, (following - first).days))
    return months


def render() -> str:
    """Content of the file: year, its first day, and each month's number and length, a leap month's with `+`."""
    lines = []
    for year in range(FIRST, LAST + 1):
        months = by_lunar_python(year)
        if months != by_borax(year):
            raise SourcesDiffer(year)
        told = " ".join(f"{abs(month)}{'+' * (month < 0)}:{length}" for month, _, length in months)
        lines.append(f"{year} {months[0][1]} {told}\n")
    return "".join(lines)


def _day(month: LunarMonth) -> date:
    solar = Solar.fromJulianDay(month.getFirstJulianDay())
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def main() -> None:
    """Write the file, or say that it is stale."""
    if "--check" in sys.argv[1:]:
        if FILE.read_text("utf-8") != render():
            sys.exit(f"{FILE.name} is stale: run python -m deploy.lunar_data")
        return
    FILE.write_text(render(), "utf-8")


if __name__ == "__main__":
    main()
