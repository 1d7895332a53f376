"""The child that reads a workbook: ended without a trace by who has read enough."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import psutil
import pytest

from shared.spreadsheets.sources import open_rows
from tests.shared.spreadsheets.workbooks import Book, sheet


async def test_a_child_that_has_just_ended_is_not_taken_from_who_waits_for_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """asyncio waits for it in a thread, which may come late: it would warn of an "Unknown child process"."""
    may_wait, waiter = threading.Event(), asyncio.ThreadedChildWatcher
    wait = waiter._do_waitpid  # type: ignore[attr-defined]

    def late(*arguments: Any) -> None:
        may_wait.wait(30)
        wait(*arguments)

    monkeypatch.setattr(waiter, "_do_waitpid", late)
    before = {child.pid for child in psutil.Process().children()}
    data = Book({"名册": sheet([["甲", "乙"], ["1", "2"]])}).data()

    async def opened() -> AsyncIterator[bytes]:
        yield data

    async with open_rows(opened) as rows:
        found = [row async for some in rows for row in some]
        (child,) = (one for one in psutil.Process().children() if one.pid not in before)
        while child.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)
        asyncio.get_running_loop().call_soon(may_wait.set)  # after the block has been left
    assert len(found) == 2
    assert not [record for record in caplog.records if record.name == "asyncio"]
