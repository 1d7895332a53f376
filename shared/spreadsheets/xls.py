"""Rows of a `.xls` (BIFF), read by xlrd. The whole file lies in memory: only in the child process."""

import io
from collections.abc import Iterator
from typing import Any

import xlrd
from xlrd.book import Book
from xlrd.compdoc import CompDocError
from xlrd.sheet import Sheet

from shared.spreadsheets.cells import NO_DAY, Cell, CellKind, Row
from shared.spreadsheets.containers import MAX_SHEETS, check_compound
from shared.spreadsheets.refusals import Broken, Locked, NoSuchSheet, TooManyColumns, TooManySheets
from shared.spreadsheets.xlsx.formats import Shown, dated, shown_as
from shared.spreadsheets.xlsx.merges import MAX_COLUMNS, Covered
from shared.spreadsheets.xlsx.worksheet import text_cell

FIRST_OWN = 164
"""Formats from this number on are the workbook's own; smaller ones are built in."""


def open_xls(data: bytes, name: str | None) -> tuple[str, int, Iterator[Row]]:
    """The named worksheet, or the first visible one that holds anything: its name, its number of rows, its rows.

    Raises `Macros`, `Locked`, `NotASpreadsheet`, `TooManySheets`, `NoSuchSheet`, `Broken`.
    """
    check_compound(data)
    try:
        # its warnings go to standard output otherwise, into the midst of what we answer
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
        sheets = book.sheets()
    except xlrd.XLRDError as error:
        raise (Locked if "encrypted" in str(error).lower() else Broken) from error
    except (CompDocError, MemoryError):
        raise
    except Exception as error:  # xlrd lets out whatever a damaged record makes of its arithmetic
        raise Broken from error
    if len(sheets) > MAX_SHEETS:
        raise TooManySheets
    for sheet in sheets:
        if not sheet.visibility and (sheet.name == name if name is not None else sheet.nrows > 0):
            if sheet.ncols > MAX_COLUMNS:
                raise TooManyColumns
            return sheet.name, sheet.nrows, _rows(sheet)
    raise NoSuchSheet


def _rows(sheet: Sheet) -> Iterator[Row]:
    areas = [(top + 1, bottom, left, right - 1) for top, bottom, left, right in sheet.merged_cells]
    covered, cells_of = Covered(areas), _Cells(sheet.book)
    for at in range(sheet.nrows):
        cells = {}
        for column, found in enumerate(sheet.row(at)):
            cell = cells_of.read(found)
            if cell is not None:
                cells[column] = cell
        cells.update(covered.in_row(at + 1))
        if cells:
            yield Row(at + 1, cells)


class _Cells:
    """Turns xlrd's cells into ours."""

    def __init__(self, book: Book) -> None:
        own = {key: one.format_str for key, one in book.format_map.items() if key >= FIRST_OWN and one.format_str}
        self._shown = [shown_as(style.format_key, own) for style in book.xf_list]
        self._from_1904 = book.datemode == 1

    def read(self, found: Any) -> Cell | None:
        """The cell, or None if it is blank."""
        match found.ctype:
            case xlrd.XL_CELL_TEXT:
                return text_cell(found.value)
            case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
                return self._number(found)
            case xlrd.XL_CELL_BOOLEAN:
                return Cell(CellKind.BOOLEAN, "1" if found.value else "0")
            case xlrd.XL_CELL_ERROR:
                return Cell(CellKind.ERROR, xlrd.error_text_from_code.get(found.value, NO_DAY))
        return None

    def _number(self, found: Any) -> Cell:
        style = found.xf_index
        how = self._shown[style] if style is not None and style < len(self._shown) else Shown.NUMBER
        text = repr(float(found.value)).removesuffix(".0")
        if how is Shown.DATE or found.ctype == xlrd.XL_CELL_DATE:
            return dated(text, from_1904=self._from_1904)
        return Cell(CellKind.PERCENT if how is Shown.PERCENT else CellKind.NUMBER, text)
