"""Rows of a `.csv`: encoding found by reading all of it once, then rows, in memory that does not grow with the file."""

import codecs
import csv
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass

from shared.spreadsheets.cells import RUN, Cell, CellKind, Row
from shared.spreadsheets.gb18030 import with_assigned
from shared.spreadsheets.refusals import BrokenText, TooManyColumns, UnknownEncoding
from shared.spreadsheets.xlsx.merges import MAX_COLUMNS

Opened = Callable[[], AsyncIterator[bytes]]
"""Opens the same bytes again, from the beginning."""

MAX_RECORD = 1 << 20
"""Characters of one row."""
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_LONGEST_BOM = 4
_DELIMITERS = ",\t;，"
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text file is written. `lines` counts line ends: about as many rows."""

    encoding: str
    skip: int  # bytes of a byte order mark
    delimiter: str
    lines: int
    line_end: str = "\n"


async def dialect_of(opened: Opened) -> Dialect:
    """Encoding and delimiter of a text. UTF-8 if all of it is, else GB 18030. Raises `UnknownEncoding`."""
    head, lines, returns = b"", 0, 0
    candidates: dict[str, codecs.IncrementalDecoder] = {}
    skip, failed_at = 0, 1
    async for chunk in _pieces(opened):
        first = not candidates
        if first:
            marked = next(((bom, name) for bom, name in _BOMS if chunk.startswith(bom)), None)
            skip = len(marked[0]) if marked else 0
            names = (marked[1],) if marked else ("utf-8", "gb18030")
            candidates = {name: codecs.getincrementaldecoder(name)() for name in names}
        data = chunk[skip:] if first else chunk
        if len(head) < 1 << 16:
            head += data[: 1 << 16]
        for name, decoder in list(candidates.items()):
            try:
                decoder.decode(data)
            except UnicodeDecodeError as error:
                failed_at = lines + data.count(b"\n", 0, error.start) + 1
                del candidates[name]
        if not candidates:
            raise UnknownEncoding(detail=f"第{failed_at}行含有无法识别的字符")
        lines += data.count(b"\n")
        returns += data.count(b"\r")
    for name, decoder in list(candidates.items()):
        try:
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            del candidates[name]
    if not candidates:
        raise UnknownEncoding(detail=f"第{lines + 1}行含有无法识别的字符")
    encoding = next(iter(candidates))
    line_end = "\n" if lines or not returns else "\r"
    return Dialect(encoding, skip, _delimiter(head.decode(encoding, "ignore")), lines or returns, line_end)


async def _pieces(opened: Opened) -> AsyncIterator[bytes]:
    """The bytes in pieces of which the first is long enough to hold a byte order mark."""
    held = b""
    async for chunk in opened():
        held += chunk
        if len(held) >= _LONGEST_BOM:
            yield held
            held = b""
    if held:
        yield held


def _delimiter(text: str) -> str:
    lines = text.splitlines()[:_LOOKED_AT]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4]
    counted = {mark: sum(line.count(mark) for line in lines) for mark in _DELIMITERS}
    return max(counted, key=lambda mark: counted[mark])


async def csv_rows(opened: Opened, dialect: Dialect) -> AsyncIterator[list[Row]]:
    """The rows, some at a time; a row that spans several lines counts as one, as programs number them.

    Raises `BrokenText`, `TooManyColumns`.
    """
    number = 0
    async for records in _records(opened, dialect):
        found = []
        for values in _parsed(records, dialect.delimiter, number):
            number += 1
            if len(values) > MAX_COLUMNS:
                raise TooManyColumns
            if number == 1 and values and values[0][:4].lower() == "sep=":
                continue
            cells = {
                column: Cell(CellKind.TEXT, text)
                for column, value in enumerate(values)
                if value and (text := _clean(value)).strip()
            }
            if cells:
                found.append(Row(number, cells))
        yield found


def _clean(value: str) -> str:
    """A value without the apostrophe by which exports keep formulas from being run."""
    if value[0] == "'" and value.startswith(RUN, 1):
        value = value[1:]
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return value.replace("\0", "") if "\0" in value else value


def _parsed(records: Iterable[str], delimiter: str, before: int) -> Iterator[list[str]]:
    reader = csv.reader(records, delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise BrokenText(detail=f"第{before + 1}行之后") from error


async def _records(opened: Opened, dialect: Dialect) -> AsyncIterator[list[str]]:
    """Whole records, some at a time: as many lines as it takes for the quotes to be even."""
    decoder = codecs.getincrementaldecoder(dialect.encoding)()
    rest, number, first = "", 0, True
    pieces: list[str] = []
    quotes = size = 0
    async for chunk in _pieces(opened):
        rest += with_assigned(decoder.decode(chunk[dialect.skip :] if first else chunk))
        first = False
        *lines, rest = rest.split(dialect.line_end)
        whole: list[str] = []
        for line in lines:
            pieces.append(line)
            quotes += line.count('"')
            size += len(line)
            if quotes % 2 == 0:
                whole.append("\n".join(pieces))
                number += 1
                pieces.clear()
                quotes = size = 0
            elif size > MAX_RECORD:
                raise BrokenText(detail=f"第{number + 1}行的引号没有结束")
        if len(rest) > MAX_RECORD:
            raise BrokenText(detail=f"第{number + 1}行过长")
        if whole:
            yield whole
    pieces.append(rest + with_assigned(decoder.decode(b"", True)))
    last = "\n".join(pieces)
    if last.count('"') % 2:
        raise BrokenText(detail=f"第{number + 1}行的引号没有结束")
    if last:
        yield [last]
