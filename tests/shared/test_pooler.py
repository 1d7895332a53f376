"""A pooler before PostgreSQL is known by name at the start: by transaction it is refused, by session it may stay."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from shutil import which
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from shared.db.engine import Database, raw_dsn, server_settings
from shared.db.pooler import CHECKED, diagnose_pooler
from shared.db.waking import MARK
from shared.doctor.sentences import DATABASE
from shared.testing.broker import free_port
from shared.testing.databases import ServiceDatabase
from shared.testing.plugin import DatabaseOf

WANTED = server_settings("test", 10_000, 3_000)


class Served:
    """A connection as the pooler hands it out: `said` as it begins, `by` the process that serves it."""

    def __init__(self, said: int, by: int, settings: dict[str, str]) -> None:
        self._said, self._by, self._settings = said, by, settings
        self.open = True

    def get_server_pid(self) -> int:
        return self._said

    async def fetchval(self, _: str) -> int:
        return self._by

    async def fetch(self, _: str, names: tuple[str, ...]) -> list[dict[str, str]]:
        return [{"name": name, "setting": self._settings[name]} for name in names]

    def terminate(self) -> None:
        self.open = False


async def diagnosed(*connections: Served) -> str | None:
    left = list(connections)

    async def connect() -> Any:
        return left.pop(0)

    found = await diagnose_pooler(connect, WANTED)
    assert not any(one.open for one in connections[: len(connections) - len(left)])
    return None if found is None else str(found)


KEPT = {name: WANTED[name] for name in CHECKED}


async def test_two_connections_that_one_process_serves_are_pooled_by_transaction() -> None:
    said = await diagnosed(Served(900, 41, KEPT), Served(901, 41, KEPT))
    assert said is not None
    assert said.startswith("XIANGLI_DATABASE_URL: a pooler in transaction mode (PgBouncer) stands there")


async def test_a_pooler_that_keeps_sessions_and_settings_may_stay() -> None:
    assert await diagnosed(Served(900, 41, KEPT), Served(901, 42, KEPT)) is None


async def test_a_pooler_that_drops_time_outs_is_told_which() -> None:
    dropped = KEPT | {"statement_timeout": "0"}
    said = await diagnosed(Served(900, 41, dropped), Served(901, 42, dropped))
    assert said is not None
    assert "drops statement_timeout: " in said


async def test_without_a_pooler_one_connection_is_enough(committed_of: DatabaseOf) -> None:
    assert await diagnosed(Served(41, 41, {}), Served(42, 42, {})) is None
    database = (await committed_of("kit")).database
    assert await diagnose_pooler(database._connect_once, WANTED) is None
    assert await database.ready()


@pytest.mark.parametrize(
    "sentence", ["a pooler in transaction mode", "stands there and drops", "refuses the settings that we send"]
)
def test_doctor_says_each_in_chinese(sentence: str) -> None:
    (words,) = [one for one in DATABASE if one.said in sentence]
    assert "PgBouncer" in words.chinese


# -- the real one ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def pgbouncer(folder: Path, url: str, mode: str, *more: str) -> AsyncIterator[str]:
    """PgBouncer before a database; the address of the database through it."""
    program = which("pgbouncer") or "/usr/sbin/pgbouncer"
    port = free_port()
    parts = raw_dsn(url).rpartition("?host=")
    user, _, name = parts[0].removeprefix("postgresql://").partition("@/")
    folder.chmod(0o777)
    (folder / "users").write_text(f'"{user}" ""\n')
    lines = [
        "[databases]",
        f"* = host={parts[2].replace('%2F', '/')} user={user}",
        "[pgbouncer]",
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\nauth_file = {folder / 'users'}",
        f"pool_mode = {mode}\nunix_socket_dir =\nmax_client_conn = 100\ndefault_pool_size = 20",
        *more,
    ]
    (folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
    command = [program, *(("-u", "postgres") if os.geteuid() == 0 else ()), str(folder / "pgbouncer.ini")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.05)
        yield f"postgresql+asyncpg://{user}@127.0.0.1:{port}/{name}"
    finally:
        process.terminate()
        process.wait(10)


IGNORED = "ignore_startup_parameters = " + ",".join(sorted({*WANTED, MARK} - {"application_name", "timezone"}))


@pytest.mark.restore
@pytest.mark.parametrize(
    ("mode", "more", "expected"),
    [
        ("transaction", (IGNORED,), "a pooler in transaction mode (PgBouncer) stands there"),
        ("session", (IGNORED,), "drops statement_timeout"),
        ("session", (), "refuses the settings that we send first: a pooler (PgBouncer)"),
        ("session", (IGNORED, "role"), None),
    ],
)
async def test_the_real_pgbouncer(
    committed_of: DatabaseOf, tmp_path: Path, mode: str, more: tuple[str, ...], expected: str | None
) -> None:
    service: ServiceDatabase = await committed_of("kit")
    owner = await asyncpg.connect(raw_dsn(service.database.engine.url.render_as_string(hide_password=False)))
    if "role" in more:
        for name in CHECKED:
            await owner.execute(f"ALTER ROLE CURRENT_USER SET {name} = '{WANTED[name]}'")
    url = service.database.engine.url.render_as_string(hide_password=False)
    settings = [line for line in more if line != "role"]
    try:
        async with pgbouncer(tmp_path, url, mode, *settings) as through:
            database = Database(through, pool=2, application="test")
            try:
                assert await database.ready() is (expected is None)
                if expected is not None:
                    assert expected in database.diagnostics.reasons()["database"]
                else:
                    async with database.session() as session:
                        assert await session.scalar(text("SELECT 1")) == 1
            finally:
                await database.close()
    finally:
        if "role" in more:
            for name in CHECKED:
                await owner.execute(f"ALTER ROLE CURRENT_USER RESET {name}")
        await owner.close()
