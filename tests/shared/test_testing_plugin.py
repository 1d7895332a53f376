"""The test plugin itself: one server for all workers, no process and no folder left, whatever happens to the run."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil
import pytest

from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.plugin import AppClient, DatabaseOf
from shared.testing.server import EXISTING_SERVER, PREFIX, Run

ROOT = Path(__file__).parents[2]
SOME = """
import asyncio
from pathlib import Path

async def test_one(postgres, kit_database, worker_id):
    Path({report!r}, worker_id).write_text(postgres)
    Path({report!r}, "database-" + worker_id).write_text(str(kit_database.engine.url.database))
    await asyncio.sleep({sleep})

async def test_two(postgres, kit_database, worker_id):
    Path({report!r}, worker_id).write_text(postgres)
    Path({report!r}, "database-" + worker_id).write_text(str(kit_database.engine.url.database))
    await asyncio.sleep({sleep})
"""


@dataclass
class Child:
    """pytest in a process of its own."""

    folder: Path
    process: "subprocess.Popen[bytes]"

    def wait(self) -> int:
        """The exit code."""
        code = self.process.wait(120)
        assert code == 0, (self.folder / "output").read_text()
        return code

    def wait_until_reported(self) -> None:
        """A test in it has its database."""
        deadline = time.monotonic() + 60
        while not list((self.folder / "report").glob("database-*")):
            assert self.process.poll() is None, (self.folder / "output").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)


@contextmanager
def run(tmp_path: Path, *options: str, sleep: float = 0.5) -> Iterator[Child]:
    """pytest over two small tests, with temporary folders of its own; killed at the end of the body."""
    report = tmp_path / "report"
    report.mkdir(exist_ok=True)
    (tmp_path / "test_some.py").write_text(SOME.format(report=str(report), sleep=sleep))
    (tmp_path / "tmp").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with (tmp_path / "output").open("w") as output:
        process = subprocess.Popen(
            [*command, "-p", "no:cacheprovider", str(tmp_path / "test_some.py"), *options],
            cwd=ROOT,
            env=kept | {"TMPDIR": str(tmp_path / "tmp")},
            stdout=output,
            stderr=output,
        )
        try:
            yield Child(tmp_path, process)
        finally:
            process.kill()
            process.wait()


def servers_below(folder: Path) -> list[int]:
    """PostgreSQL servers whose data lie below a folder."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        command = process.info["cmdline"] or []
        if "-D" in command and any(part.startswith(str(folder)) for part in command):
            found.append(process.info["pid"])
    return found


def test_workers_share_one_server_have_databases_of_their_own_and_leave_nothing(tmp_path: Path) -> None:
    with run(tmp_path, "-n", "2", "--dist", "each") as child:
        child.wait()
    report = tmp_path / "report"
    assert (report / "gw0").read_text() == (report / "gw1").read_text()
    assert (report / "database-gw0").read_text() != (report / "database-gw1").read_text()
    assert servers_below(tmp_path) == []
    assert list((tmp_path / "tmp").glob(PREFIX + "*")) == []


def test_an_interrupted_run_leaves_nothing(tmp_path: Path) -> None:
    with run(tmp_path, "-n", "0", sleep=30) as child:
        child.wait_until_reported()
        assert servers_below(tmp_path)
        child.process.send_signal(signal.SIGINT)
        child.process.wait(30)
    assert servers_below(tmp_path) == []
    assert list((tmp_path / "tmp").glob(PREFIX + "*")) == []


def test_what_a_killed_run_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    with run(tmp_path, "-n", "0", sleep=30) as child:
        child.wait_until_reported()
    assert servers_below(tmp_path)
    with run(tmp_path, "-n", "0", sleep=0) as child:
        child.wait()
    assert servers_below(tmp_path) == []
    assert list((tmp_path / "tmp").glob(PREFIX + "*")) == []


async def test_an_existing_server_is_used_and_left_as_it_was(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EXISTING_SERVER, postgres)
    with run(tmp_path, "-n", "0", sleep=0) as child:
        child.wait()
    assert (tmp_path / "report" / "master").read_text() == postgres
    admin = await asyncpg.connect(postgres)
    try:
        used = (tmp_path / "report" / "database-master").read_text()
        assert await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", used) == 0
    finally:
        await admin.close()


def test_a_run_of_somebody_who_is_alive_is_not_touched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    mine = Run.begin()
    other = Run.begin()
    assert mine.folder.exists()
    for one in (mine, other):
        one.end()
    assert list(tmp_path.iterdir()) == []


async def test_rows_that_a_migration_brought_are_back_after_a_test_that_removed_them(committed_of: DatabaseOf) -> None:
    indicators = await committed_of("indicators")
    owner = await indicators.as_owner()
    try:
        before = await owner.fetch("SELECT * FROM definitions ORDER BY 1")
        assert before
        await owner.execute("DELETE FROM definitions")
        await indicators.empty()
        assert await owner.fetch("SELECT * FROM definitions ORDER BY 1") == before
    finally:
        await owner.close()


async def test_the_database_is_chosen_by_the_path_of_the_test(service_database: ServiceDatabase) -> None:
    assert service_database.spec.name == "kit"


async def test_an_application_answers_at_the_test_s_clock(app_client: AppClient, clock: FrozenClock) -> None:
    client = await app_client("registry")
    assert (await client.get("/registry/v1/areas")).status_code == 401
    assert clock.now() == clock.now()


def test_the_clock_moves_only_when_it_is_moved(clock: FrozenClock) -> None:
    before = clock.now()
    assert (clock.advance(days=1) - before).days == 1
    clock.set(before)
    assert clock.now() == before


async def test_a_committed_database_is_empty_at_the_beginning(kit_database: Database, crypto: object) -> None:
    async with kit_database.session() as session:
        raw = await (await session.connection()).get_raw_connection()
        connection = raw.driver_connection
        assert connection is not None
        assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
