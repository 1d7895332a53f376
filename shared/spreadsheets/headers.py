"""Finds the titles of a table: in any order, by synonym, in one row or two, below a heading, with units in brackets."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from shared.errors import FieldError
from shared.spreadsheets.cells import CellKind, Row, letters, parse_place, plain
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.refusals import NoHeader, TitleTwice, UnitUnknown

LOOKED_AT = 20
"""Rows with anything in them among which the titles are looked for."""

_BRACKETS = re.compile(r"^(.*?)[(\[【〔]([^)\]】〕]*)[)\]】〕]$")
_MARKS = "*※★:：?？"
_FACTORS: Mapping[ColumnType, Mapping[str, Decimal]] = {
    ColumnType.MONEY: {
        "元": Decimal(1), "人民币元": Decimal(1), "万元": Decimal(10_000), "千元": Decimal(1_000),
        "百元": Decimal(100), "亿元": Decimal(100_000_000), "分": Decimal("0.01"), "角": Decimal("0.1"),
    },
    ColumnType.PERCENT: {"%": Decimal(1), "‰": Decimal("0.1"), "百分比": Decimal(1)},
}  # fmt: skip
_MULTIPLIED = re.compile(r"^[十百千万亿]")


@dataclass(frozen=True, slots=True)
class Placed:
    """A column of the table that was recognised: where it stands, and by what its amounts are multiplied."""

    column: Column
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Header:
    """The titles of a table. `unknown`: titles that nothing is called, with their columns."""

    columns: Mapping[int, Placed]
    last_row: int
    unknown: Mapping[int, str] = field(default_factory=dict)


def find_header(rows: Sequence[Row], columns: Sequence[Column]) -> Header:
    """The row, or the two rows, that hold most titles. Raises `NoHeader`, `TitleTwice`, `UnitUnknown`.

    Every required column must be there. Of two equally good candidates the upper one counts, and one row before two.
    """
    names = _names(columns)
    best: tuple[int, list[tuple[int, str, list[str]]], int] | None = None
    for at in range(min(len(rows), LOOKED_AT)):
        for read in _readings(rows, at):
            score = len({names[hit] for _, _, titles in read[0] if (hit := _hit(titles, names))})
            if score and (best is None or score > best[0]):
                best = (score, read[0], read[1])
    required = [column for column in columns if column.required]
    if best is None:
        raise NoHeader(errors=[_missing(column) for column in required or columns[:10]])
    return _header(best[1], best[2], columns, names)


def _header(
    read: list[tuple[int, str, list[str]]], last_row: int, columns: Sequence[Column], names: Mapping[str, int]
) -> Header:
    placed: dict[int, Placed] = {}
    unknown: dict[int, str] = {}
    where: dict[str, list[int]] = {}
    for at, shown, titles in read:
        hit = _hit(titles, names)
        if hit is None:
            unknown[at] = shown
            continue
        column = columns[names[hit]]
        factor = _factor(shown, column, names)
        if factor is None:
            raise UnitUnknown(errors=[FieldError(letters(at), UnitUnknown.code, f"“{column.title}”的单位无法换算")])
        placed[at] = Placed(column, factor)
        where.setdefault(column.code, []).append(at)
    twice = [places for places in where.values() if len(places) > 1]
    if twice:
        message = "与另一列的标题对应同一项内容"
        raise TitleTwice(
            errors=[FieldError(letters(at), TitleTwice.code, message) for places in twice for at in places]
        )
    missing = [column for column in columns if column.required and column.code not in where]
    if missing:
        raise NoHeader(errors=[_missing(column) for column in missing])
    return Header(placed, last_row, unknown)


def _missing(column: Column) -> FieldError:
    return FieldError(column.code, "missing_column", f"缺少列“{column.title}”")


def _names(columns: Sequence[Column]) -> dict[str, int]:
    """Every title and synonym, plain; of two columns that share a synonym the first has it, a title goes first."""
    found: dict[str, int] = {}
    for at, column in enumerate(columns):
        found.setdefault(bare(column.title)[0], at)
    for at, column in enumerate(columns):
        for name in (column.title, *column.synonyms, column.code):
            for form in (plain(name), bare(name)[0]):
                found.setdefault(form, at)
    return found


def bare(title: str) -> tuple[str, str]:
    """A title without marks and brackets, and what stood in the last brackets."""
    text = plain(title).strip(_MARKS)
    found = _BRACKETS.match(text)
    return (found[1].strip(_MARKS), found[2]) if found and found[1] else (text, "")


def _hit(titles: Iterable[str], names: Mapping[str, int]) -> str | None:
    for title in titles:
        for form in (plain(title).strip(_MARKS), bare(title)[0]):
            if form in names:
                return form
    return None


def _factor(shown: str, column: Column, names: Mapping[str, int]) -> Decimal | None:
    unit = bare(shown)[1]
    if not unit or plain(shown).strip(_MARKS) in names:
        return Decimal(1)
    known = _FACTORS.get(column.type)
    if known is not None:
        return known.get(unit)
    if column.type in (ColumnType.INTEGER, ColumnType.DECIMAL) and _MULTIPLIED.match(unit):
        return None
    return Decimal(1)


def _readings(rows: Sequence[Row], at: int) -> Iterator[tuple[list[tuple[int, str, list[str]]], int]]:
    """Row `at` as titles, and with the one below it as two rows of titles: column, what it shows, forms to look up."""
    above = _titles(rows[: at + 1])
    yield [(column, title, [title]) for column, title in above.items()], rows[at].number
    if at + 1 < len(rows) and rows[at + 1].number == rows[at].number + 1:
        below = _titles(rows[: at + 2])
        spread = _spread(above, below)
        both = []
        for column in sorted({*above, *below}):
            top, bottom = spread.get(column, ""), below.get(column, "")
            if bottom and top and plain(bottom) != plain(top):
                both.append((column, bottom, [top + bottom, bottom]))
            elif bottom or top:
                both.append((column, bottom or top, [bottom or top]))
        yield both, rows[at + 1].number


def _titles(rows: Sequence[Row]) -> dict[int, str]:
    """The texts of the last of these rows; a covered cell has that of the cell which covers it."""
    found = {}
    for column, cell in rows[-1].cells.items():
        if cell.kind is CellKind.COVERED:
            place = parse_place(cell.text)
            if place is None:
                continue
            origin = next((row.cells.get(place[1]) for row in rows if row.number == place[0]), None)
            if origin is not None and origin.kind is CellKind.TEXT:
                found[column] = origin.text
        elif cell.kind is CellKind.TEXT:
            found[column] = cell.text
    return found


def _spread(above: Mapping[int, str], below: Mapping[int, str]) -> dict[int, str]:
    """Titles of groups, also over the columns right of them where nothing stands above: text files merge no cells."""
    found, last = dict(above), ""
    for column in range(max([*above, *below], default=-1) + 1):
        if column in above:
            last = above[column]
        elif column in below and last:
            found[column] = last
    return found
