#!/usr/bin/env bash
# A workbook of a Chinese Excel formats days by built-in number formats 27 to 36 and 50 to 58 (ECMA-376 part 1, 18.8.30, zh-cn; 31 is
# yyyy"年"m"月"d"日"), whose codes do not stand in the file. openpyxl 3.1.5 gives such a day as its serial number, 46100 for 2026-03-19;
# python-calamine 0.9.1 reads the same cell as a day. With format 14, which every language has, both give a day.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q openpyxl==3.1.5 python-calamine==0.9.1
cd "$work"
"$work/venv/bin/python" - <<'END'
import re
import sys
import zipfile
from datetime import date, datetime

import openpyxl
import python_calamine

book = openpyxl.Workbook()
book.active.append(["登记日期"])
book.active.append([46100])
book.active["A2"].number_format = "yyyy-mm-dd"
book.save("own.xlsx")


def with_format(number):
    """The same workbook, its cell in a built-in format: no code of it stands in the styles."""
    with zipfile.ZipFile("own.xlsx") as old, zipfile.ZipFile("built-in.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/styles.xml":
                styles = re.sub(r"<numFmts.*?</numFmts>", "", text.decode())
                text = styles.replace('numFmtId="164"', f'numFmtId="{number}"').encode()
            new.writestr(name, text)
    first = openpyxl.load_workbook("built-in.xlsx").active["A2"].value
    second = python_calamine.CalamineWorkbook.from_path("built-in.xlsx").get_sheet_by_index(0).to_python()[1][0]
    print(f"format {number}: openpyxl {first!r}, calamine {second!r}")
    return first, second


chinese = {with_format(number) for number in (27, 28, 30, 31, 36, 50, 57, 58)}
common = with_format(14)
as_seen = chinese == {(46100, date(2026, 3, 19))} and common == (datetime(2026, 3, 19), date(2026, 3, 19))
sys.exit(0 if as_seen else 1)
END
