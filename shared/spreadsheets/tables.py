"""A table as rows of values: titles found, totals and notes left out, each cell taken or told by its place."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.spreadsheets.cells import Cell, CellKind, Row, letters, parse_place, plain
from shared.spreadsheets.columns import Column, Merged
from shared.spreadsheets.findings import MESSAGES, CellProblem, Finding, Unreadable
from shared.spreadsheets.headers import LOOKED_AT, Header, find_header
from shared.spreadsheets.values import Value, read_value

_TOTALS = frozenset({"合计", "总计", "共计", "小计", "本页小计", "本页合计", "累计", "总数", "total"})
_NOTES = re.compile(
    r"^(?:注|备注|说明|填表说明|填报人|填表人|制表人|制表|审核人|审核|负责人|填报单位|填报日期|单位负责人|联系人)[:：1-9]"
)


SKIPPED_SHOWN = 1_000
"""Rows left out that are told: a table may be nothing but totals."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the table: its number as programs show it, its values by code of the column, what is wrong with it."""

    number: int
    values: Mapping[str, Value]
    findings: tuple[Finding, ...] = ()


@dataclass
class Table:
    """A table that is being read. `skipped`: the first rows left out, and why: `total`, `note`, `numbering`."""

    header: Header
    rows: AsyncIterator[list[Row]]
    columns: Sequence[Column]
    skipped: dict[int, str] = field(default_factory=dict)

    async def read(self) -> AsyncIterator[list[TableRow]]:
        """The rows below the titles, some at a time."""
        taker = _Taker(self.header, self.columns, self.skipped)
        async for rows in self.rows:
            yield [taken for row in rows if (taken := taker.take(row)) is not None]


async def open_table(rows: AsyncIterator[list[Row]], columns: Sequence[Column]) -> Table:
    """Find the titles, leaving everything below them to be read. Raises `NoHeader`, `TitleTwice`, `UnitUnknown`."""
    seen: list[Row] = []
    async for some in rows:
        seen.extend(some)
        if len(seen) > LOOKED_AT:
            break
    header = find_header(seen, columns)

    async def below() -> AsyncIterator[list[Row]]:
        yield [row for row in seen if row.number > header.last_row]
        async for some in rows:
            yield some

    return Table(header, below(), columns)


class _Taker:
    def __init__(self, header: Header, columns: Sequence[Column], skipped: dict[int, str]) -> None:
        self._header = header
        self._required = [column for column in columns if column.required]
        self._skipped = skipped
        self._places = {placed.column.code: letters(at) for at, placed in header.columns.items()}
        self._origins: dict[str, Cell] = {}  # of merged cells that hold for several rows

    def take(self, row: Row) -> TableRow | None:
        why = self._left_out(row)
        if why is not None:
            if len(self._skipped) < SKIPPED_SHOWN:
                self._skipped[row.number] = why
            return None
        values: dict[str, Value] = {}
        findings: list[Finding] = []
        cells = row.cells
        for at, placed in self._header.columns.items():
            cell = cells.get(at)
            if cell is None:
                continue
            column = placed.column
            if column.merged is Merged.REPEATED:
                cell = self._shown(row.number, at, cell)
            try:
                value = read_value(cell, column, placed.factor)
            except Unreadable as error:
                problem = error.problem
                findings.append(Finding(row.number, letters(at), column.code, problem.value, MESSAGES[problem]))
                continue
            if value is not None:
                values[column.code] = value
        if not values and not findings:
            return None
        told = {finding.field for finding in findings}
        for column in self._required:
            if column.code not in values and column.code not in told:
                message = f"{column.title}{MESSAGES[CellProblem.MISSING]}"
                place = self._places.get(column.code)
                findings.append(Finding(row.number, place, column.code, CellProblem.MISSING.value, message))
        return TableRow(row.number, values, tuple(findings))

    def _shown(self, number: int, at: int, cell: Cell) -> Cell:
        """What a merged cell shows in this row, if it spans downwards in one column."""
        if cell.kind is not CellKind.COVERED:
            self._origins[f"{letters(at)}{number}"] = cell
            if len(self._origins) > 1_000:
                self._origins.pop(next(iter(self._origins)))
            return cell
        place = parse_place(cell.text)
        if place is None or place[1] != at:
            return cell
        return self._origins.get(cell.text, cell)

    def _left_out(self, row: Row) -> str | None:
        texts = [(at, cell) for at, cell in sorted(row.cells.items()) if cell.kind is not CellKind.COVERED]
        if not texts:
            return None
        first = texts[0][1]
        shown = plain(first.text) if first.kind is CellKind.TEXT else None
        if shown is not None and shown.rstrip(":：") in _TOTALS and self._is_no_record(texts):
            return "total"
        if shown is not None and len(texts) <= 2 and _NOTES.match(shown):
            return "note"
        if row.number == self._header.last_row + 1 and len(texts) > 2 and _counts_up([cell for _, cell in texts]):
            return "numbering"
        return None

    def _is_no_record(self, texts: Sequence[tuple[int, Cell]]) -> bool:
        """Whether something required is missing, as in every line of totals."""
        filled = {self._header.columns[at].column.code for at, _ in texts[1:] if at in self._header.columns}
        return any(column.code not in filled for column in self._required) or not self._required


def _counts_up(cells: Sequence[Cell]) -> bool:
    """Whether the cells hold 1, 2, 3 …: the numbers of the columns below their titles."""
    return [cell.text for cell in cells] == [str(number) for number in range(1, len(cells) + 1)]
