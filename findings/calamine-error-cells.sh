#!/usr/bin/env bash
# A cell that holds an error (#DIV/0!, #N/A) is an empty text to python-calamine 0.9.1, the same as a cell that is blank: a column
# "合计" whose formulas failed looks like one that nobody filled in. openpyxl 3.1.5 gives the error's own text for the same file.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q openpyxl==3.1.5 python-calamine==0.9.1
cd "$work"
"$work/venv/bin/python" - <<'END'
import sys

import openpyxl
import python_calamine

book = openpyxl.Workbook()
sheet = book.active
for row in (["人数", "合计"], [3, "#DIV/0!"], [4, "#N/A"], [5, None]):
    sheet.append(row)
for cell in ("B2", "B3"):
    sheet[cell].data_type = "e"
book.save("errors.xlsx")

first = [row[1] for row in openpyxl.load_workbook("errors.xlsx", data_only=True).active.values]
cells = python_calamine.CalamineWorkbook.from_path("errors.xlsx").get_sheet_by_index(0).to_python()
second = [row[1] for row in cells]
print("openpyxl:", first)
print("calamine:", second)
as_seen = first == ["合计", "#DIV/0!", "#N/A", None] and second == ["合计", "", "", ""]
sys.exit(0 if as_seen else 1)
END
