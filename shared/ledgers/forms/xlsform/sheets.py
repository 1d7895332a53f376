"""The sheets of an XLSForm as rows of named cells, and what is told about them."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.spreadsheets.cells import CellKind, Row, place_of
from shared.spreadsheets.refusals import NoSuchSheet
from shared.spreadsheets.sources import Limits, open_rows

SHEETS = ("survey", "choices", "settings", "lifecycle", "measures", "access")
"""The three sheets of every XLSForm, and those of ours."""

MAX_ROWS = 2_000
LIMITS = Limits(rows=MAX_ROWS, memory=1 << 29, seconds=10)
"""Of the child process that reads one sheet."""

_CHINESE = ("中文", "zh", "chinese")


@dataclass(frozen=True, slots=True)
class Told:
    """What was not taken over as it stands, or is wrong. `cell` as programs show it: `survey!C7`."""

    sheet: str
    cell: str
    code: str
    message: str


@dataclass
class SheetRow:
    """A row: its cells by column title, and where each stands."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    columns: Mapping[str, int]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def words(self, column: str) -> str:
        """The text of a column that has translations: without a language, else the Chinese one, else the first."""
        if self.cells.get(column):
            return self.cells[column]
        several = {name: text for name, text in self.cells.items() if name.startswith(f"{column}::") and text}
        chinese = [text for name, text in several.items() if any(mark in name.lower() for mark in _CHINESE)]
        return (chinese or list(several.values()) or [""])[0]

    def place(self, column: str) -> str:
        """Where a cell stands; the row's first one if the sheet has no such column."""
        found = [at for name, at in self.columns.items() if name == column or name.startswith(f"{column}::")]
        return place_of(self.number, found[0] if found else 0)


@dataclass
class Workbook:
    """The sheets that were found, and what was told while they were read."""

    sheets: dict[str, list[SheetRow]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    def tell(self, row: SheetRow, column: str, code: str, message: str) -> None:
        self.told.append(Told(row.sheet, row.place(column), code, message))

    def rows(self, sheet: str) -> Sequence[SheetRow]:
        return self.sheets.get(sheet, [])


async def read_workbook(content: bytes) -> Workbook:
    """The sheets of an XLSForm. Raises the refusals of `shared.spreadsheets`; a sheet that is not there is empty."""

    async def opened() -> AsyncIterator[bytes]:
        yield content

    workbook = Workbook()
    for sheet in SHEETS:
        try:
            async with open_rows(opened, sheet, LIMITS) as some:
                rows = [row async for part in some for row in part]
        except NoSuchSheet:
            continue
        workbook.sheets[sheet] = list(_named(workbook, sheet, rows))
    return workbook


def _named(workbook: Workbook, sheet: str, rows: Sequence[Row]) -> Iterator[SheetRow]:
    """The rows below the titles. A cell with an error is told and is empty."""
    if not rows:
        return
    columns = {
        cell.text.strip().lower().replace(" ", "_"): at
        for at, cell in rows[0].cells.items()
        if cell.kind is not CellKind.COVERED
    }
    for row in rows[1:]:
        cells = {}
        for title, at in columns.items():
            cell = row.cells.get(at)
            if cell is None:
                continue
            if cell.kind in (CellKind.ERROR, CellKind.COVERED):
                message = "单元格中是错误值或合并单元格，请改为文字"
                workbook.told.append(Told(sheet, place_of(row.number, at), "cell_not_read", message))
                continue
            cells[title] = _text(cell.kind, cell.text)
        found = SheetRow(sheet, row.number, cells, columns)
        if any(cells.values()):
            yield found


def _text(kind: CellKind, text: str) -> str:
    if kind is CellKind.BOOLEAN:
        return "true" if text == "1" else "false"
    return text.strip()
