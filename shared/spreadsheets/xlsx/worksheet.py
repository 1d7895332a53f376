"""Rows of a worksheet, one after the other: XML in, cells out, in memory that does not grow with the sheet."""

import math
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from shared.reference.digits import is_digits
from shared.spreadsheets.cells import EMBEDDED_IMAGE, NO_RESULT, Cell, CellKind, Row, parse_place
from shared.spreadsheets.refusals import Broken, TooManyColumns
from shared.spreadsheets.xlsx.formats import Shown, dated, written_as_iso
from shared.spreadsheets.xlsx.merges import MAX_COLUMNS, Covered, merged_areas
from shared.spreadsheets.xlsx.package import MAX_TEXT, Parts, Workbook, parser, unescaped


def read_rows(parts: Parts, part: str, workbook: Workbook) -> Iterator[Row]:
    """The rows of a worksheet that hold anything. Raises `Broken`, `TooManyColumns`."""
    reader = _Reader(workbook, Covered(merged_areas(parts.chunks(part))))
    made = parser(reader.start, reader.end, reader.text)
    try:
        for chunk in parts.chunks(part):
            made.Parse(chunk, False)
            yield from reader.taken()
        made.Parse(b"", True)
    except expat.ExpatError as error:
        raise Broken from error
    yield from reader.taken()


class _Reader:
    """What the parser calls. Cells and rows without a place of their own follow the one before."""

    def __init__(self, workbook: Workbook, covered: Covered) -> None:
        self._workbook = workbook
        self._covered = covered
        self._ready: list[Row] = []
        self._row = 0
        self._cells: dict[int, Cell] = {}
        self._column = -1
        self._kind, self._style = "n", 0
        self._value: list[str] = []
        self._inline: list[str] = []
        self._has_value = self._has_formula = False
        self._into: list[str] | None = None
        self._phonetic = 0

    def taken(self) -> list[Row]:
        """The rows that are whole by now."""
        ready, self._ready = self._ready, []
        return ready

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "c":
            place = parse_place(attributes.get("r", ""))
            self._column = self._column + 1 if place is None else place[1]
            if self._column > MAX_COLUMNS:
                raise TooManyColumns
            self._kind = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self._style = int(style) if is_digits(style) else 0
            self._value.clear()
            self._inline.clear()
            self._has_value = self._has_formula = False
        elif element == "v":
            self._has_value = True
            self._into = self._value
        elif element == "t":
            self._into = None if self._phonetic else self._inline
        elif element == "f":
            self._has_formula = True
        elif element == "row":
            number = attributes.get("r", "")
            self._row = int(number) if is_digits(number) else self._row + 1
            self._cells = {}
            self._column = -1
        elif element == "rPh":
            self._phonetic += 1

    def text(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)

    def end(self, element: str) -> None:
        if element in ("v", "t"):
            self._into = None
        elif element == "c":
            cell = self._cell()
            if cell is not None:
                self._cells[self._column] = cell
        elif element == "rPh":
            self._phonetic -= 1
        elif element == "row":
            self._cells.update(self._covered.in_row(self._row))
            if self._cells:
                self._ready.append(Row(self._row, self._cells))

    def _cell(self) -> Cell | None:
        if self._kind == "inlineStr":
            return text_cell(unescaped("".join(self._inline)))
        text = "".join(self._value)
        if not self._has_value or not text:
            return Cell(CellKind.ERROR, NO_RESULT) if self._has_formula and self._kind not in ("s", "str") else None
        match self._kind:
            case "s":
                return text_cell(self._shared(text))
            case "str":
                return text_cell(unescaped(text))
            case "b":
                return Cell(CellKind.BOOLEAN, "1" if text.strip() in ("1", "true") else "0")
            case "e":
                return Cell(CellKind.ERROR, text.strip()[:20])
            case "d":
                return written_as_iso(text.strip())
            case _:
                return self._number(text.strip())

    def _shared(self, text: str) -> str:
        try:
            return self._workbook.texts[int(text)]
        except (ValueError, IndexError) as error:
            raise Broken from error

    def _number(self, text: str) -> Cell:
        shown = self._workbook.shown
        how = shown[self._style] if self._style < len(shown) else Shown.NUMBER
        if how is Shown.DATE:
            return dated(text, from_1904=self._workbook.from_1904)
        return Cell(CellKind.PERCENT if how is Shown.PERCENT else CellKind.NUMBER, as_number(text))


def as_number(text: str) -> str:
    """The number as the file has it. Raises `Broken` for what is none."""
    try:
        known = math.isfinite(float(text)) and text.isascii() and "_" not in text
    except ValueError:
        known = False
    if not known:
        raise Broken
    return text


def text_cell(text: str) -> Cell | None:
    """The cell of a text; none of spaces alone."""
    if text.startswith("=DISPIMG("):  # a picture in a cell, as WPS writes it
        return Cell(CellKind.ERROR, EMBEDDED_IMAGE)
    text = text.replace("\r\n", "\n").replace("\r", "\n")[:MAX_TEXT]
    return Cell(CellKind.TEXT, text) if text.strip() else None
