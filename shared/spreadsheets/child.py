"""Child process that reads `.xlsx` and `.xls` with limits on memory and time: `python -m shared.spreadsheets.child`.

Standard input: one line of JSON (`Order`), then the file's bytes. Standard output: lines of JSON: the sheet, its rows,
and last `{"end": true}` or `{"refused": code}`. Nothing of the file is written to a disk or a log.
"""

import resource
import sys
from collections.abc import Iterator
from typing import NamedTuple

import orjson

from shared.errors import DomainError
from shared.spreadsheets.cells import Row
from shared.spreadsheets.containers import Format, opened_archive
from shared.spreadsheets.refusals import NoSuchSheet, TooManyRows
from shared.spreadsheets.xls import open_xls
from shared.spreadsheets.xlsx.package import Parts, read_workbook
from shared.spreadsheets.xlsx.worksheet import read_rows


class Order(NamedTuple):
    """What the child is asked to do. `memory` in bytes of address space, `seconds` of processor time."""

    format: str
    sheet: str | None
    max_rows: int
    memory: int
    seconds: int


def main() -> int:
    """Read one file."""
    order = Order(*orjson.loads(sys.stdin.buffer.readline()))
    resource.setrlimit(resource.RLIMIT_AS, (order.memory, order.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (order.seconds, order.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _answer(order, sys.stdin.buffer.read())
    except DomainError as error:
        _say({"refused": error.code})
    except (MemoryError, RecursionError):
        _say({"refused": TooManyRows.code})
    else:
        _say({"end": True})
    return 0


def _answer(order: Order, data: bytes) -> None:
    if order.format == Format.XLS:
        name, _, rows = open_xls(data, order.sheet)
    else:
        name, rows = open_xlsx(data, order.sheet)
    _say({"sheet": name})
    for count, row in enumerate(rows, 1):
        if count > order.max_rows:
            raise TooManyRows
        _say([row.number, [(column, cell.kind, cell.text) for column, cell in row.cells.items()]])


def open_xlsx(data: bytes, wanted: str | None) -> tuple[str, Iterator[Row]]:
    """The named worksheet, or the first visible one that holds anything. Raises the refusals of the file."""
    parts = Parts(opened_archive(data))
    workbook = read_workbook(parts)
    for sheet in workbook.sheets:
        if sheet.hidden or (wanted is not None and sheet.name != wanted):
            continue
        rows = read_rows(parts, sheet.part, workbook)
        first = next(rows, None)
        if first is not None:
            return sheet.name, _with_first(first, rows)
    raise NoSuchSheet


def _with_first(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def _say(message: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    sys.exit(main())
