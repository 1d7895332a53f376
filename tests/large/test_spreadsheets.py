"""Tables of 200,000 rows: text in memory that does not grow with it, workbooks in a child below its limit."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.shared.spreadsheets.workbooks import Book

pytestmark = pytest.mark.large

ROWS = 200_000


def read(path: Path) -> tuple[int, float]:
    """Rows read and MiB grown, in a process of its own."""
    command = [sys.executable, "-m", "tests.large.reading_rows", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows, grown = done.stdout.split()
    return int(rows), float(grown)


def values(at: int) -> list[str]:
    return [f"居民{at}", "45048119900307019X", *(f"第{column}列{at}" for column in range(8))]


def test_a_text_of_200_000_rows_is_read_in_64_mib(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="gb18030") as file:
        file.write(",".join(["姓名", "身份证号", *(f"列{at}" for at in range(8))]) + "\n")
        for at in range(ROWS):
            file.write(",".join(values(at)) + "\n")
    rows, grown = read(path)
    assert rows == ROWS
    assert grown <= 64


def test_a_workbook_of_200_000_rows_is_read_in_the_child(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    around = Book({"名册": "<sheetData/>"})
    titles = ["姓名", "身份证号", *(f"列{at}" for at in range(8))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in around.parts().items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b'<worksheet xmlns="x"><sheetData>')
            for at in range(ROWS):
                row = titles if at == 0 else values(at)
                cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row)
                sheet.write(f'<row r="{at + 1}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
    rows, grown = read(path)
    assert rows == ROWS - 1
    assert grown <= 96  # the packed file is held while the child is fed
