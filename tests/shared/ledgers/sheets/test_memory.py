"""An import of 200,000 rows of text into a ledger: the process that takes them in grows by 64 MiB at most."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator

import psutil
import pytest

from shared.auth.access_log import AccessEntry
from shared.db.engine import Database
from shared.testing.doors import Door
from tests.grid.builders import CLERK, VILLAGE
from tests.shared.ledgers.records.conftest import Send
from tests.shared.ledgers.sheets.conftest import Work

pytestmark = pytest.mark.large

ROWS = int(os.environ.get("ROWS", "200000"))
IMPORTS = "/ledgers/mediations/imports"
MIB = 1 << 20


class Nothing(list[AccessEntry]):
    """A list that keeps nothing."""

    def extend(self, _: object) -> None: ...


async def peak(process: psutil.Process, sizes: list[int]) -> None:
    """Watches the resident size."""
    while True:
        sizes.append(process.memory_info().rss)
        await asyncio.sleep(0.2)


@pytest.mark.usefixtures("villages")
async def test_taking_in_200_000_rows_grows_the_process_by_64_mib_at_most(
    door: Door,
    work: Work,
    send: Send,
    committed: Database,
) -> None:
    door.accesses.entries = Nothing()  # what is heard of accesses would grow

    async def table() -> AsyncIterator[bytes]:
        yield "类型,发现日期,备注,金额（元）\n".encode()
        for begin in range(0, ROWS, 1000):
            yield "".join(
                f"土地,2026-03-02,第{at}件,{at}.50\n" for at in range(begin, min(begin + 1000, ROWS))
            ).encode()

    async with door.client(CLERK) as one:
        file = (await one.post("/files", content=table())).json()["id"]
        made = (await one.post(IMPORTS, json={"file": file, "area": VILLAGE})).json()
        sizes: list[int] = [psutil.Process().memory_info().rss]
        watching = asyncio.create_task(peak(psutil.Process(), sizes))
        try:
            await work()
            assert (await one.get(f"{IMPORTS}/{made['id']}")).json()["right"] == ROWS
            await one.post(f"{IMPORTS}/{made['id']}/commit")
            await work()
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
        done = (await one.get(f"{IMPORTS}/{made['id']}")).json()
        assert (done["status"], done["taken"]) == ("done", ROWS)
    assert (max(sizes) - sizes[0]) / MIB <= 64
