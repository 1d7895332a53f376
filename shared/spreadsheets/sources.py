"""Opens a spreadsheet of any format as rows: text here, workbooks in a child process with limits of its own."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson

from shared.spreadsheets.cells import Cell, CellKind, Row
from shared.spreadsheets.containers import HEAD, Format, format_of
from shared.spreadsheets.delimited import Opened, csv_rows, dialect_of
from shared.spreadsheets.refusals import REFUSALS, Broken

MAX_WORKBOOK_ROWS = 200_000
"""Rows that are read of `.xlsx` and `.xls`; more are sent to `.csv`."""
MEMORY = 1 << 30
"""Bytes of address space of the child process."""
SECONDS = 600
"""Processor time of the child process."""
_KINDS = {kind.value: kind for kind in CellKind}
_GATHERED = 500
_LINE = 1 << 26


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of reading a workbook."""

    rows: int = MAX_WORKBOOK_ROWS
    memory: int = MEMORY
    seconds: int = SECONDS


@contextlib.asynccontextmanager
async def open_rows(
    opened: Opened, sheet: str | None = None, limits: Limits | None = None
) -> AsyncIterator[AsyncIterator[list[Row]]]:
    """The rows of a spreadsheet, some at a time. `opened` gives its bytes, as often as it is called.

    `sheet`: name of a worksheet; the first visible one that holds anything if not given. Raises the refusals of
    `shared.spreadsheets.refusals`, some of them while the rows are read. Workbooks are held in memory once, here and in
    the child; text is not.
    """
    head = await _head(opened)
    kind = format_of(head)
    if kind is Format.CSV:
        yield csv_rows(opened, await dialect_of(opened))
        return
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "shared.spreadsheets.child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=_LINE,
    )
    feeding = asyncio.create_task(_feed(child, opened, kind, sheet, limits or Limits()))
    try:
        yield _rows(child)
    finally:
        feeding.cancel()
        _kill(child)
        await asyncio.gather(feeding, return_exceptions=True)
        await child.communicate()


def _kill(child: asyncio.subprocess.Process) -> None:
    """By its number, while nobody has been told of its end.

    `Process.kill` asks for the end itself first: where the child has just ended, it takes the end from the thread that
    waits for it, which then knows of no such child (CPython 3.11: "Unknown child process pid").
    """
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)


async def _head(opened: Opened) -> bytes:
    head = b""
    async for chunk in opened():
        head += chunk
        if len(head) >= HEAD:
            break
    return head[:HEAD]


async def _feed(
    child: asyncio.subprocess.Process, opened: Opened, kind: Format, sheet: str | None, limits: Limits
) -> None:
    assert child.stdin is not None
    order = orjson.dumps([kind.value, sheet, limits.rows, limits.memory, limits.seconds])
    with contextlib.suppress(ConnectionError):
        child.stdin.write(order + b"\n")
        async for chunk in opened():
            child.stdin.write(chunk)
            await child.stdin.drain()
        child.stdin.close()


async def _rows(child: asyncio.subprocess.Process) -> AsyncIterator[list[Row]]:
    assert child.stdout is not None
    found: list[Row] = []
    async for line in child.stdout:
        message = orjson.loads(line)
        if isinstance(message, list):
            number, cells = message
            found.append(Row(number, {column: Cell(_KINDS[kind], text) for column, kind, text in cells}))
            if len(found) >= _GATHERED:
                yield found
                found = []
        elif "refused" in message:
            raise REFUSALS[message["refused"]]
        elif message.get("end"):
            yield found
            return
    raise Broken  # the child ended without a word: over its limits, or brought down by the file
