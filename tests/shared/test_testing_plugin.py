"""The test plugin itself: one server for all workers, no process and no folder left, whatever happens to the run."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from shared.commands.collecting import SELDOM
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase, copy_of
from shared.testing.distribution import ByFile, groups_first, in_turn
from shared.testing.plugin import AppClient, DatabaseOf
from shared.testing.server import EXISTING_SERVER, PREFIX, Run

ROOT = Path(__file__).parents[2]
SLEEPER = """
import asyncio
from pathlib import Path

async def test_that_sleeps(postgres):
    Path({report!r}).write_text(postgres)
    await asyncio.sleep(300)
"""


TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND NOT relispartition ORDER BY 1
"""
SOME_JOBS = """
    INSERT INTO jobs (id, kind, params, status, cancel_requested, attempts, not_before, done, counts, created_at)
    SELECT gen_random_uuid(), 'any', '{}', 'queued', false, 0, now(), 0, '{}', now() FROM generate_series(1, $1)
"""
SOME_ACCESSES = """
    INSERT INTO access_log (writer, batch, position, at, occurred_at, subject, action, noun, detail, result)
    SELECT 'one', n, 0, now(), now(), 'somebody', 'read', 'grid.grid', 'full', 'done' FROM generate_series(1, $1) AS n
"""

HEEDING = """
import signal, sys, pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(pytest.main(sys.argv[1:]))
"""
"""pytest that ends at SIGINT: a shell lets its background commands ignore it, and children inherit that."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Runs that begin in this test have their folders here; what they leave is ended after it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv(EXISTING_SERVER, raising=False)
    yield tmp_path
    for pid in servers_below(tmp_path):
        os.kill(pid, signal.SIGQUIT)


def servers_below(folder: Path) -> list[int]:
    """PostgreSQL servers whose data lie below a folder."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        command = process.info["cmdline"] or []
        if "-D" in command and any(part.startswith(str(folder)) for part in command):
            found.append(process.info["pid"])
    return found


def runs_in(folder: Path) -> list[str]:
    return [path.name for path in folder.glob(PREFIX + "*")]


async def test_workers_share_one_server_and_have_databases_of_their_own(temporary: Path) -> None:
    run = Run.begin()
    workers = [Run(run.folder) for _ in range(3)]  # as pytest-xdist's workers are told of it
    dsns = await asyncio.gather(*(asyncio.to_thread(worker.start_server) for worker in workers))
    assert len(set(dsns)) == 1
    assert len(servers_below(temporary)) == 1
    copies = [await copy_of("kit", run=run, admin_dsn=dsns[0], worker=name) for name in ("gw0", "gw1")]
    assert copies[0].names.database != copies[1].names.database
    for copy in copies:
        async with copy.rolled_back() as session:
            assert (await session.connection()).engine.url.database == copy.names.database
        await copy.database.close()
    await asyncio.to_thread(run.end)
    assert servers_below(temporary) == []
    assert runs_in(temporary) == []


def test_an_interrupted_run_leaves_nothing(temporary: Path) -> None:
    report = temporary / "report"
    (temporary / "test_sleeper.py").write_text(SLEEPER.format(report=str(report)))
    command = [sys.executable, "-c", HEEDING, "-q", "-n", "0", "-p", "no:cacheprovider"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), str(temporary / "test_sleeper.py")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    said = temporary / "said"
    with (
        said.open("w") as output,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=kept | {"TMPDIR": str(temporary), "PYTHONFAULTHANDLER": "1"},
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            deadline = time.monotonic() + 240
            while not report.exists():
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < deadline, said.read_text()
                time.sleep(0.05)
            assert servers_below(temporary)
            process.send_signal(signal.SIGINT)
            try:
                process.wait(180)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGABRT)  # it tells where it hangs
                process.wait(10)
                raise AssertionError(said.read_text()) from None
        finally:
            process.kill()
    assert servers_below(temporary) == []
    assert runs_in(temporary) == []


def test_what_a_killed_run_left_is_removed_by_the_next_one(temporary: Path) -> None:
    killed = Run.begin()
    killed.start_server()
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    (killed.folder / "controller").write_text(f"{dead.pid} 1.0")
    assert servers_below(temporary)
    following = Run.begin()
    assert servers_below(temporary) == []
    assert runs_in(temporary) == [following.folder.name]
    following.end()


async def test_an_existing_server_is_used_and_left_as_it_was(
    temporary: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(EXISTING_SERVER, postgres)
    run = Run.begin()
    assert run.start_server() == postgres
    copy = await copy_of("kit", run=run, admin_dsn=postgres, worker="master")
    await copy.database.close()
    admin = await asyncpg.connect(postgres)
    try:
        count = "SELECT count(*) FROM pg_database WHERE starts_with(datname, $1)"
        assert await admin.fetchval(count, run.prefix) == 2  # the template and the copy
        await asyncio.to_thread(run.end)
        assert await admin.fetchval(count, run.prefix) == 0
    finally:
        await admin.close()
    assert servers_below(temporary) == []


def test_a_run_of_somebody_who_is_alive_is_not_touched(temporary: Path) -> None:
    mine = Run.begin()
    other = Run.begin()
    assert mine.folder.exists()
    for one in (mine, other):
        one.end()
    assert runs_in(temporary) == []


async def test_rows_that_a_migration_brought_are_back_after_a_test_that_removed_them(committed_of: DatabaseOf) -> None:
    indicators = await committed_of("indicators")
    owner = await indicators.as_owner()
    try:
        before = await owner.fetch("SELECT * FROM definitions ORDER BY 1, 2")
        assert before
        await owner.execute("DELETE FROM definitions")
        await indicators.empty()
        assert await owner.fetch("SELECT * FROM definitions ORDER BY 1, 2") == before
    finally:
        await owner.close()


@pytest.mark.parametrize("rows", [1, 3_000])
async def test_whatever_a_test_left_is_gone_and_numbers_begin_anew(committed_of: DatabaseOf, rows: int) -> None:
    """Of what others refer to, of partitioned tables, and when it is much."""
    grid = await committed_of("grid")
    owner = await grid.as_owner()
    try:
        tables = [row[0] for row in await owner.fetch(TABLES)]
        before = {table: await owner.fetchval(f"SELECT count(*) FROM {table}") for table in tables}
        assert before["dictionary_categories"]  # a migration brought them, and they refer to a dictionary
        await owner.execute("DELETE FROM visit_rules")
        for statement in (SOME_JOBS, SOME_ACCESSES):
            await owner.execute(statement, rows)
        await grid.empty()
        assert before == {table: await owner.fetchval(f"SELECT count(*) FROM {table}") for table in tables}
        await owner.execute(SOME_JOBS, 1)
        assert await owner.fetchval("SELECT number FROM jobs") == 1
    finally:
        await owner.close()


async def test_a_transaction_that_a_test_left_open_is_found(committed_of: DatabaseOf) -> None:
    kit = await committed_of("kit")
    owner = await kit.as_owner()
    try:
        async with owner.transaction():
            await owner.execute("INSERT INTO effects (effect, event_id, happened_at) VALUES ('x', $1, now())", new_id())
            with pytest.raises(asyncpg.LockNotAvailableError):
                await kit.empty(patience="50ms")
        await kit.empty()
        assert await owner.fetchval("SELECT count(*) FROM effects") == 0
    finally:
        await owner.close()


def test_a_file_is_one_workers_and_groups_begin_first(request: pytest.FixtureRequest) -> None:
    split = object.__new__(ByFile)._split_scope
    assert split("tests/a/test_b.py::test_one[x@y]") == "tests/a/test_b.py"
    assert split("tests/a/test_b.py::Some::test_two") == "tests/a/test_b.py"
    assert split("tests/a/test_b.py::test_three[1]@bus") == split("tests/a/test_c.py::test_four@bus") == "bus"
    items: list[pytest.Item] = [
        pytest.Function.from_parent(request.node.parent, name=name, callobj=servers_below) for name in ("one", "two")
    ]
    items[1].add_marker(pytest.mark.xdist_group("bus"))
    groups_first(items)
    assert [item.name for item in items] == ["two", "one"]


def test_each_worker_begins_to_collect_at_another_folder(tmp_path: Path) -> None:
    for name in ("t/a/test_1.py", "t/a/b/test_2.py", "t/c/test_3.py", "t/c/test_4.py", "t/a/helper.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    files = [str(tmp_path / "t" / name) for name in ("a/b/test_2.py", "a/test_1.py", "c/test_3.py", "c/test_4.py")]
    assert in_turn(["t"], 0, 3, tmp_path) == files
    assert in_turn(["t"], 1, 3, tmp_path) == [*files[2:], *files[:2]], "what lies below a/ is never parted"
    assert in_turn(["t"], 3, 4, tmp_path) == files, "nor is the last folder"
    one = f"{files[0]}::test_one"
    assert in_turn([one, "t"], 1, 2, tmp_path) == [*files[2:], one, *files[:2]]


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


def test_what_was_collected_is_not_looked_through_for_garbage() -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold() == SELDOM
