"""One PostgreSQL server per test run, shared by pytest-xdist's workers. `XIANGLI_TEST_POSTGRES` names another one."""

import asyncio
import contextlib
import fcntl
import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import asyncpg
import psutil

from shared.db.provision import quoted

EXISTING_SERVER = "XIANGLI_TEST_POSTGRES"
"""An administrator's address (`postgresql://postgres@/postgres?host=/folder`) of a server to use instead of our own."""

RUN = "XIANGLI_TEST_RUN"
"""The folder of the run that is under way, for whoever has no pytest at hand."""

EMBEDDED = "deploy.local.stack.postgres"  # by name: the kit knows no deployment
PREFIX = "xiangli-tests-"


class Embedded(Protocol):
    """What is used of `deploy.local.stack.postgres.Postgres`."""

    def start(self) -> None: ...
    def stop(self, *, immediately: bool = False) -> None: ...
    def dsn(self) -> str: ...


class Run:
    """A run of the tests: a folder that the controller makes and that its workers are told of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prefix = "t" + folder.name.removeprefix(PREFIX).lower()

    @classmethod
    def begin(cls) -> "Run":
        """In the controller: a new folder. Servers of runs whose controller was killed are stopped."""
        for stale in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
            _end_if_abandoned(stale)
        run = cls(Path(tempfile.mkdtemp(prefix=PREFIX)))
        (run.folder / "controller").write_text(f"{os.getpid()} {psutil.Process().create_time()}")
        return run

    def made_once(self, name: str, make: Callable[[], str]) -> str:
        """A text that the first worker to ask makes, and the others read."""
        kept = self.folder / f"{name}.text"
        with self.locked(name) as done:
            if not done.exists():
                kept.write_text(make(), encoding="utf-8")
                done.touch()
        return kept.read_text(encoding="utf-8")

    def start_server(self) -> str:
        """The administrator's address of the server, started at the first call of all workers."""
        existing = os.environ.get(EXISTING_SERVER)
        if existing:
            return existing
        server = self._server()
        server.start()
        return server.dsn()

    def end(self) -> None:
        """In the controller: nothing stays behind."""
        existing = os.environ.get(EXISTING_SERVER)
        if existing:
            asyncio.run(_drop_databases(existing, self.prefix))
        elif (self.folder / "pg").exists():
            self._server().stop(immediately=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def locked(self, name: str) -> Iterator[Path]:
        """Only one worker at a time; yields the path of a marker that tells the others that it is done."""
        with (self.folder / f"{name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield self.folder / f"{name}.done"

    def _server(self) -> Embedded:
        server: Embedded = importlib.import_module(EMBEDDED).Postgres(self.folder / "pg", durable=False)
        return server


def _end_if_abandoned(folder: Path) -> None:
    try:
        pid, created = (folder / "controller").read_text().split()
        if psutil.Process(int(pid)).create_time() == float(created):
            return
    except (OSError, ValueError):
        return  # being made or being removed right now, or not ours to read
    except psutil.NoSuchProcess:
        pass
    Run(folder).end()


async def _drop_databases(dsn: str, prefix: str) -> None:
    admin = await asyncpg.connect(dsn)
    try:
        for row in await admin.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix + "_"):
            await admin.execute(f"DROP DATABASE {quoted(row['datname'])} WITH (FORCE)")
    finally:
        await admin.close()
