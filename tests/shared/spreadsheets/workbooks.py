"""Workbooks of raw XML, as other programs write them, and the shortest way from bytes to what is read of them."""

import io
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.spreadsheets.cells import Cell, Row, place_of
from shared.spreadsheets.columns import Column
from shared.spreadsheets.sources import Limits, open_rows
from shared.spreadsheets.tables import Table, TableRow, open_table

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


@dataclass
class Book:
    """A workbook: worksheets by name as the inside of `<worksheet>`, and what stands around them."""

    sheets: dict[str, str]
    formats: Sequence[int] = (0,)  # numFmtId of each style
    own_formats: Mapping[int, str] = field(default_factory=dict)
    texts: Sequence[str] = ()  # insides of `<si>`
    from_1904: bool = False
    states: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, bytes] = field(default_factory=dict)
    namespace: str = MAIN
    prefix: str = ""  # of every element of a worksheet
    slash: str = ""  # before each target
    left_out: frozenset[str] = frozenset()

    def data(self) -> bytes:
        """The file's bytes."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {**self.parts(), **self.extra}.items():
                if name not in self.left_out:
                    archive.writestr(name, content)
        return file.getvalue()

    def parts(self) -> dict[str, str | bytes]:
        """What stands in the archive, by name."""
        epoch = ' date1904="1"' if self.from_1904 else ""
        listed, links = "", ""
        parts: dict[str, str | bytes] = {}
        for at, (name, inside) in enumerate(self.sheets.items(), 1):
            state = f' state="{self.states[name]}"' if name in self.states else ""
            listed += f'<sheet name="{name}" sheetId="{at}"{state} r:id="rId{at}"/>'
            links += f'<Relationship Id="rId{at}" Type="{LINKS}/worksheet" Target="{self._target(at)}"/>'
            declared = f"xmlns:{self.prefix[:-1]}" if self.prefix else "xmlns"
            worksheet = f"{self.prefix}worksheet"
            parts[f"xl/worksheets/sheet{at}.xml"] = f'<{worksheet} {declared}="{self.namespace}">{inside}</{worksheet}>'
        for key, kind in (("rId900", "styles"), ("rId901", "sharedStrings")):
            links += f'<Relationship Id="{key}" Type="{LINKS}/{kind}" Target="{kind}.xml"/>'
        own = "".join(f'<numFmt numFmtId="{key}" formatCode="{code}"/>' for key, code in self.own_formats.items())
        styles = "".join(f'<xf numFmtId="{number}"/>' for number in self.formats)
        main = f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/>'
        return {
            "[Content_Types].xml": f'<Types xmlns="{_TYPES}"/>',
            "_rels/.rels": f'<Relationships xmlns="{_RELS}">{main}</Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{self.namespace}" xmlns:r="{LINKS}"><workbookPr{epoch}/>'
            f"<sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELS}">{links}</Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts><cellStyleXfs><xf numFmtId="14"/>'
            f"</cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>",
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"".join(f"<si>{text}</si>" for text in self.texts)}</sst>',
            **parts,
        }

    def _target(self, at: int) -> str:
        return f"/xl/worksheets/sheet{at}.xml" if self.slash == "/" else f"worksheets{self.slash or '/'}sheet{at}.xml"


def text(value: str) -> str:
    """A cell's inside: inline text."""
    return f't="inlineStr"><is><t>{value}</t></is>'


def number(value: str, style: int = 0) -> str:
    """A cell's inside: a number."""
    return f's="{style}"><v>{value}</v>'


def sheet(rows: Sequence[Sequence[str | None]], merges: Sequence[str] = (), first: int = 1) -> str:
    """The inside of a worksheet. A cell is the rest of its tag (`text`, `number`), or a plain text."""
    written = ""
    for at, row in enumerate(rows, first):
        cells = ""
        for column, value in enumerate(row):
            if value is not None:
                inside = value if value[:2] in ("t=", "s=") else text(value)
                cells += f'<c r="{place_of(at, column)}" {inside}</c>'
        written += f'<row r="{at}">{cells}</row>'
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in merges)
    return f"<sheetData>{written}</sheetData>" + (f"<mergeCells>{merged}</mergeCells>" if merges else "")


def once(data: bytes, size: int = 1 << 16) -> "Opened":
    """Opens the same bytes again and again, in pieces."""
    return Opened(data, size)


@dataclass
class Opened:
    data: bytes
    size: int

    async def __call__(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self.data), self.size):
            yield self.data[at : at + self.size]


async def rows_of(
    data: bytes, sheet: str | None = None, *, size: int = 1 << 16, limits: Limits | None = None
) -> list[Row]:
    """Every row of a file."""
    async with open_rows(once(data, size), sheet, limits) as rows:
        return [row async for some in rows for row in some]


async def cells_of(data: bytes) -> dict[str, Cell]:
    """Every cell of a file, by its place."""
    return {place_of(row.number, at): cell for row in await rows_of(data) for at, cell in row.cells.items()}


async def table_of(data: bytes, columns: Sequence[Column]) -> tuple[Table, list[TableRow]]:
    """The table that a file holds, and its rows."""
    async with open_rows(once(data)) as rows:
        table = await open_table(rows, columns)
        return table, [row async for some in table.read() for row in some]
