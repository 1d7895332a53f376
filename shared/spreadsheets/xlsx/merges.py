"""Merged cells of a worksheet. They stand behind its rows, so they are looked for first, without parsing the rows."""

import re
from collections.abc import Iterable, Iterator

from shared.spreadsheets.cells import Cell, CellKind, parse_place, place_of

_MERGE = re.compile(rb"<(?:[A-Za-z0-9]+:)?mergeCell\s[^>]*?ref=[\"']([A-Z0-9$:]+)[\"']")
_TAIL = 256
MAX_MERGES = 100_000
MAX_COLUMNS = 1_000

Area = tuple[int, int, int, int]
"""First and last row from 1, first and last column from 0."""


def merged_areas(chunks: Iterable[bytes]) -> list[Area]:
    """The merged areas of a worksheet's XML, at most `MAX_MERGES`."""
    found: list[Area] = []
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        at = 0
        for match in _MERGE.finditer(data):
            at = match.end()
            area = _area(match[1].decode("ascii"))
            if area is not None and len(found) < MAX_MERGES:
                found.append(area)
        rest = data[max(at, len(data) - _TAIL) :]
    return found


def _area(reference: str) -> Area | None:
    first, _, last = reference.partition(":")
    begin, end = parse_place(first), parse_place(last or first)
    if begin is None or end is None or begin == end:
        return None
    return begin[0], end[0], begin[1], min(end[1], MAX_COLUMNS)


class Covered:
    """Which cells of a row are covered by a merged one, asked row by row downwards."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._waiting = sorted(areas, reverse=True)
        self._open: list[Area] = []

    def in_row(self, number: int) -> Iterator[tuple[int, Cell]]:
        """The covered cells of a row, by column."""
        while self._waiting and self._waiting[-1][0] <= number:
            self._open.append(self._waiting.pop())
        if not self._open:
            return
        self._open = [area for area in self._open if area[1] >= number]
        for top, _, left, right in self._open:
            origin = Cell(CellKind.COVERED, place_of(top, left))
            for column in range(left + (number == top), right + 1):
                yield column, origin
