#!/usr/bin/env bash
# Lunar birthdays: lunardate 0.3.0 is a day (or the leap month) off in three months of 1910 to 2049: 1933-07-22 to 08-20, 1954-11-25 to 12-24
# and 1978-09-02 to 10-01, ninety days in all. sxtwl 2.0.7, lunar_python 1.4.8 and borax 4.1.3, which compute or tabulate on their
# own, agree on each of those days and on the first of every month of these 140 years. Whoever was born 1978-09-02 has the 30th of the seventh month with them, the 1st of the eighth here.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q lunardate==0.3.0 sxtwl==2.0.7 lunar_python==1.4.8 borax==4.1.3
"$work/venv/bin/python" - <<'END'
import sys
from datetime import date, timedelta

import lunar_python
import sxtwl
from borax.calendars.lunardate import LunarDate as Borax
from lunardate import LunarDate


def by_sxtwl(day):
    found = sxtwl.fromSolar(day.year, day.month, day.day)
    return found.getLunarYear(), found.getLunarMonth(), found.getLunarDay(), found.isLunarLeap()


def by_lunar_python(day):
    found = lunar_python.Solar.fromYmd(day.year, day.month, day.day).getLunar()
    return found.getYear(), abs(found.getMonth()), found.getDay(), found.getMonth() < 0


def by_borax(day):
    found = Borax.from_solar(day)
    return found.year, found.month, found.day, bool(found.leap)


def by_lunardate(day):
    found = LunarDate.from_solar_date(day.year, day.month, day.day)
    return found.year, found.month, found.day, bool(found.isLeapMonth)


day, alone, others = date(1910, 2, 10), [], 0
while day < date(2050, 1, 1):
    agreed = by_sxtwl(day)
    differs = by_lunardate(day) != agreed
    if differs or day.day == 1:
        others += agreed != by_lunar_python(day) or agreed != by_borax(day)
    if differs:
        alone.append(day)
    day += timedelta(days=1)

print("days on which the three differ from each other:", others)
print("days on which lunardate differs from them:", len(alone))
for first in (one for one in alone if one - timedelta(days=1) not in alone):
    print(f"  from {first}: {by_sxtwl(first)} by the others, {by_lunardate(first)} by lunardate")
begins = [one.isoformat() for one in alone if one - timedelta(days=1) not in alone]
as_seen = others == 0 and len(alone) == 90 and begins == ["1933-07-22", "1954-11-25", "1978-09-02"]
sys.exit(0 if as_seen else 1)
END
