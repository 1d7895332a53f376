"""Workers that are killed (kill -9) while they check a table and while they take it in: all is done once."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.imports.domain import BATCH
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.grid.builders import CLERK, VILLAGE
from tests.shared.ledgers.sheets.conftest import Work

IMPORTS = "/ledgers/mediations/imports"
FEW, MANY = 4 * BATCH, int(os.environ.get("ROWS", "200000"))


async def table(rows: int) -> AsyncIterator[bytes]:
    """Every tenth row has a fault; every amount is there once."""
    yield "类型,发现日期,联系人,金额（元）\n".encode()
    for begin in range(0, rows, 1000):
        some = range(begin, min(begin + 1000, rows))
        yield "".join(f"{'土地' if n % 10 else '天灾'},2026-03-02,李四,{n}\n" for n in some).encode()


class Killed:
    """A worker that has been killed in a step that was not committed, and what it left."""

    def __init__(self, process: asyncio.subprocess.Process, database: Database) -> None:
        self._process, self._database = process, database

    async def at(self, step: int) -> tuple[int, dict[str, Any]]:
        """Rows that were done by the steps before, and their counts. The next worker may go on at once."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{step}\n".encode())
        assert int(await self._process.stdout.readline()) == -signal.SIGKILL
        async with self._database.session() as session:
            left = await session.execute(
                text(
                    "UPDATE jobs SET lease_until = now() - interval '1 second' WHERE status = 'running' "
                    "RETURNING done, counts"
                )
            )
            done, counts = left.one()
            await session.commit()
        return done, counts


@asynccontextmanager
async def a_worker_that_dies(module: str, url: str, files: Path, database: Database) -> AsyncIterator[Killed]:
    """The process of a module that works as `worker_that_dies` does."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        *(url, str(files)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    yield Killed(process, database)
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


@pytest.fixture
async def killed(
    door: Door, committed: Database, service_database: ServiceDatabase, tmp_path: Path
) -> AsyncIterator[Killed]:
    module = "tests.shared.ledgers.sheets.worker_that_dies"
    async with a_worker_that_dies(module, service_database.service_url, tmp_path, committed) as one:
        yield one


async def goes_on(door: Door, work: Work, killed: Killed, database: Database, rows: int) -> None:
    async with door.client(CLERK) as one:
        file = (await one.post("/files", content=table(rows))).json()["id"]
        path = f"{IMPORTS}/{(await one.post(IMPORTS, json={'file': file, 'area': VILLAGE})).json()['id']}"
        done, counts = await killed.at(3)
        assert (done, counts["right"], counts["wrong"]) == (2 * BATCH, 2 * BATCH * 9 // 10, 2 * BATCH // 10)
        await work()
        found = (await one.get(path)).json()
        assert (found["status"], found["right"], found["wrong"]) == ("checked", rows * 9 // 10, rows // 10)
        assert await numbers(database, "import_findings", '"row"::text') == {str(n + 2): 1 for n in range(0, rows, 10)}
        await one.post(f"{path}/commit")
        done, counts = await killed.at(4)
        assert (done, counts["taken"]) == (3 * BATCH, 3 * BATCH * 9 // 10)
        await work()
        found = (await one.get(path)).json()
    assert found["status"] == "done"
    assert [found[name] for name in ("taken", "unchanged", "refused")] == [rows * 9 // 10, 0, 0]
    amounts = {str(n * 100): 1 for n in range(rows) if n % 10}
    assert await numbers(database, "ledger_records", "values ->> 'amount'") == amounts
    for written in ("ledger_record_steps", "imported_rows", "outbox"):
        assert await count(database, written) == len(amounts), written


async def numbers(database: Database, name: str, shown: str) -> Counter[str]:
    """What each row of a table shows, and how often it is there."""
    async with database.session() as session:
        return Counter(await session.scalars(text(f"SELECT {shown} FROM {name}")))  # names only


async def count(database: Database, name: str) -> int:
    async with database.session() as session:
        return await session.scalar(text(f"SELECT count(*) FROM {name}")) or 0  # names only


@pytest.mark.usefixtures("villages")
async def test_what_a_killed_worker_had_begun_is_done_once(
    door: Door, work: Work, killed: Killed, committed: Database
) -> None:
    await goes_on(door, work, killed, committed, FEW)


@pytest.mark.large
@pytest.mark.usefixtures("villages")
async def test_the_same_of_200_000_rows(door: Door, work: Work, killed: Killed, committed: Database) -> None:
    await goes_on(door, work, killed, committed, MANY)
