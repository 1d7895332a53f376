"""Public holidays and working weekends (国务院放假通知): writes `shared/reference/calendar.json`.

`python -m deploy.calendar_data [--check]` takes the notices from the package chinesecalendar, and what that lacks from
the notices themselves.

Lunar festivals of years without a notice were computed from the lunisolar calendar and agree between the packages
`holidays` and `lunardate`; 清明 is the solar term.
"""

import json
import sys
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import chinese_calendar

FILE = Path(__file__).parents[1] / "shared" / "reference" / "calendar.json"

FESTIVALS = ("spring_festival", "qingming", "dragon_boat", "mid_autumn")

WORKED = {
    date(2005, 12, 31): "国办发明电〔2005〕35号",  # the notice for 2006 moves the Saturday before to 01-02
}
"""Weekend days worked that the package lacks, by the notice that says so."""

LUNAR = {
    2027: "02-06 04-05 06-09 09-15",
    2028: "01-26 04-04 05-28 10-03",
    2029: "02-13 04-04 06-16 09-22",
    2030: "02-03 04-05 06-05 09-12",
    2031: "01-23 04-05 06-24 10-01",
    2032: "02-11 04-04 06-12 09-19",
    2033: "01-31 04-04 06-01 09-08",
    2034: "02-19 04-05 06-20 09-27",
    2035: "02-08 04-05 06-10 09-16",
    2036: "01-28 04-04 05-30 10-04",
    2037: "02-15 04-04 06-18 09-24",
    2038: "02-04 04-05 06-07 09-13",
    2039: "01-24 04-05 05-27 10-02",
    2040: "02-12 04-04 06-14 09-20",
    2041: "02-01 04-04 06-03 09-10",
    2042: "01-22 04-04 06-22 09-28",
    2043: "02-10 04-05 06-11 09-17",
    2044: "01-30 04-04 05-31 10-05",
    2045: "02-17 04-04 06-19 09-25",
    2046: "02-06 04-04 06-08 09-15",
    2047: "01-26 04-05 05-29 10-04",
    2048: "02-14 04-04 06-15 09-22",
    2049: "02-02 04-04 06-04 09-11",
    2050: "01-23 04-04 06-23 09-30",
}


def document() -> dict[str, Any]:
    """Content of the file: exceptions from the week by year of a notice, lunar festivals by year."""
    known = range(2004, max(chinese_calendar.constants.workdays).year + 1)
    return {
        "source": f"chinesecalendar-{version('chinesecalendar')}",
        "years": {str(year): _exceptions(year) for year in known},
        "lunar": {
            str(year): {name: f"{year}-{day}" for name, day in zip(FESTIVALS, days.split(), strict=True)}
            for year, days in LUNAR.items()
        },
    }


def render() -> str:
    """The file as text."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def _exceptions(year: int) -> dict[str, list[str]]:
    """One year of notices: days that differ from the ordinary week, and the weekend days that a holiday names."""
    days = [date(year, 1, 1) + timedelta(n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    named = chinese_calendar.constants.holidays
    return {
        "holidays": [
            str(day) for day in days if chinese_calendar.is_holiday(day) and (day.weekday() < 5 or day in named)
        ],
        "working_weekends": [
            str(day) for day in days if day.weekday() >= 5 and (chinese_calendar.is_workday(day) or day in WORKED)
        ],
    }


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        if FILE.read_text("utf-8") != render():
            sys.exit(f"{FILE.name} is stale: run python -m deploy.calendar_data")
    else:
        FILE.write_text(render(), "utf-8")
