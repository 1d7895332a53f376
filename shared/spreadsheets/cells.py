"""Cells of a spreadsheet: what is written there, and as what. Nothing is converted into what it might mean."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from shared.reference.digits import is_digits

RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that programs run as a formula, some of them in full width too."""


def plain(text: str) -> str:
    """A title for comparison: width, capitals and spaces do not count."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


class CellKind(StrEnum):
    """As what a value is written. A blank cell is none at all."""

    TEXT = "t"
    NUMBER = "n"  # the number as it stands in the file, no float has touched it
    PERCENT = "p"  # a number that is shown with a percent sign: 0.35 is 35 %
    BOOLEAN = "b"  # "1" or "0"
    DAY = "d"  # YYYY-MM-DD
    MOMENT = "m"  # YYYY-MM-DDTHH:MM:SS, of no time zone
    TIME = "c"  # HH:MM:SS
    ERROR = "e"  # #DIV/0! and its kin, a formula without a result, a date that is none
    COVERED = "o"  # covered by a merged cell; the text is the place of the one that shows, as `B3`


class Cell(NamedTuple):
    """A cell: as what it is written, and its text."""

    kind: CellKind
    text: str


class Row(NamedTuple):
    """A row with at least one cell. `number` counts from 1 as programs show it, `cells` is keyed by column from 0."""

    number: int
    cells: Mapping[int, Cell]


NO_RESULT = "#FORMULA!"
"""Text of the error cell for a formula that was saved without its result."""
EMBEDDED_IMAGE = "#IMAGE!"
"""Text of the error cell for a picture that WPS keeps in a cell."""
NO_DAY = "#DATE!"
"""Text of the error cell for a number shown as a date that no calendar has: 1900-02-29, negative, beyond 9999."""


def letters(column: int) -> str:
    """Letters of a column counted from 0: A, Z, AA."""
    found = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        found = chr(65 + place) + found
    return found


def place_of(row: int, column: int) -> str:
    """A place as programs show it: row from 1, column from 0."""
    return f"{letters(column)}{row}"


def parse_place(place: str) -> tuple[int, int] | None:
    """Row from 1 and column from 0 of a place such as `$B$3`; None for anything else."""
    column, at = 0, 0
    place = place.replace("$", "")
    while at < len(place) and "A" <= place[at] <= "Z":
        column = column * 26 + ord(place[at]) - 64
        at += 1
    digits = place[at:]
    if not 0 < at <= 3 or not is_digits(digits) or len(digits) > 7:
        return None
    return int(digits), column - 1
