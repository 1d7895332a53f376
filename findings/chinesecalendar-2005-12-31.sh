#!/usr/bin/env bash
# chinesecalendar 1.11.0 has Saturday 2005-12-31 as a day off. The State Council's notice of holidays for 2006 (国办发明电〔2005〕
# 35号) moved that Saturday's rest: it was worked. The package files days under the year of the notice, so that a day which a
# notice names in the year before falls out. A second package, holidays 0.108, has the day as worked.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q chinesecalendar==1.11.0 holidays==0.108
"$work/venv/bin/python" - <<'END'
import sys
from datetime import date

import chinese_calendar
import holidays

day = date(2005, 12, 31)
worked = holidays.country_holidays("CN", years=[2005, 2006])
first = chinese_calendar.is_workday(day)
second = worked.is_working_day(day)
print(f"chinesecalendar {first}, holidays {second}")
print("2006-01-01 to 03:", [chinese_calendar.is_holiday(date(2006, 1, n)) for n in (1, 2, 3)])
sys.exit(0 if (first, second) == (False, True) else 1)
END
