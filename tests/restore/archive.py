"""Base backup and write-ahead log of the embedded PostgreSQL, and a server brought back from them to a point in time.

PostgreSQL's own programs do it: `pg_basebackup` once, `pg_receivewal` all the time. What they keep is what a county's
archive keeps, so a drill on it says what a county's restore does.
"""

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.local.stack.postgres import Postgres, _open_the_way_to, binaries

PATIENCE = 60.0


class BackupFailed(RuntimeError):
    """A program of PostgreSQL did not do its part; the message is its last line."""


def identity(postgres: Postgres) -> dict[str, Any]:
    """As whom the server's programs run: never as root."""
    user = postgres._user
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def hand_over(postgres: Postgres, folder: Path) -> None:
    """Give a folder and all in it to the server's user."""
    user = postgres._user
    if user is None:
        return
    _open_the_way_to(folder)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def run(postgres: Postgres, name: str, *arguments: str) -> str:
    """A program of PostgreSQL at a server; what it printed. Raises BackupFailed."""
    command = [str(binaries() / name), *arguments]
    environment = {"PGHOST": str(postgres.socket), "PGUSER": "postgres", "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, check=False, env=environment, cwd="/",
        **identity(postgres),
    )  # fmt: skip
    if done.returncode != 0:
        raise BackupFailed(f"{name}: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    said: str = done.stdout
    return said.strip()


def verify(base: Path) -> None:
    """Read a base backup against its manifest, as `pg_verifybackup` does (that of the wheel crashes)."""
    for file in json.loads((base / "backup_manifest").read_text())["Files"]:
        if hashlib.sha256((base / file["Path"]).read_bytes()).hexdigest() != file["Checksum"]:
            raise BackupFailed(f"{file['Path']} is not what was copied")


class Archive:
    """Backups of one server in a folder: `base`, a base backup, and `wal`, the log that is received since."""

    def __init__(self, postgres: Postgres, folder: Path) -> None:
        self._postgres = postgres
        self._folder = folder
        self._base = folder / "base"
        self._wal = folder / "wal"
        self._receiving: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Receive the log from now on, take a base backup, and read it against its manifest."""
        for folder in (self._folder, self._wal):
            folder.mkdir(mode=0o755)
        hand_over(self._postgres, self._folder)
        wal = ("-D", str(self._wal), "--slot=archive")
        run(self._postgres, "pg_receivewal", *wal, "--create-slot", "--if-not-exists")
        self._receiving = subprocess.Popen(
            [str(binaries() / "pg_receivewal"), "-h", str(self._postgres.socket), "-U", "postgres", *wal],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **identity(self._postgres),
        )  # fmt: skip
        arguments = ("-D", str(self._base), "--checkpoint=fast", "--wal-method=none", "--manifest-checksums=SHA256")
        run(self._postgres, "pg_basebackup", *arguments)
        verify(self._base)

    def end(self) -> None:
        """End receiving. What was received stays, the segment under way as well."""
        receiving, self._receiving = self._receiving, None
        if receiving is not None:
            receiving.terminate()
            receiving.wait(PATIENCE)

    def until_received(self) -> None:
        """Until all that the server has written to this moment lies in the archive: a new segment is begun for it."""
        name = run(self._postgres, "psql", "-Atc", "SELECT pg_walfile_name(pg_switch_wal())", "postgres")
        ends = time.monotonic() + PATIENCE
        while not (self._wal / name).exists():
            if time.monotonic() > ends:
                raise BackupFailed(f"{name} was not received")
            time.sleep(0.05)

    def bring_back(self, postgres: Postgres, until: datetime) -> float:
        """Start a server that has no data yet as this one was at that time; the seconds until it takes writes."""
        began = time.monotonic()
        postgres.folder.mkdir(parents=True)
        shutil.copytree(self._base, postgres.data)
        for partial in self._wal.glob("*.partial"):
            shutil.copy(partial, partial.with_suffix(""))
        settings = (
            f'restore_command = \'cp "{self._wal}/%f" "%p"\'',
            f"recovery_target_time = '{until.isoformat()}'",
            "recovery_target_action = 'promote'",
        )
        with (postgres.data / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{line}\n" for line in settings)
        (postgres.data / "recovery.signal").touch()
        hand_over(postgres, postgres.folder)
        hand_over(postgres, self._folder)
        postgres.start()
        ends = time.monotonic() + PATIENCE
        while run(postgres, "psql", "-Atc", "SELECT pg_is_in_recovery()", "postgres") != "f":
            if time.monotonic() > ends:
                raise BackupFailed("the server replays its log and comes to no end")
            time.sleep(0.1)
        return time.monotonic() - began


def take_one(source: Postgres, target: Postgres, database: str, folder: Path) -> None:
    """Put one database as it is on `source` in the place of the one of that name on `target`."""
    hand_over(source, folder)
    file = str(folder / f"{database}.dump")
    steps: Sequence[tuple[Postgres, str, Sequence[str]]] = (
        (source, "pg_dump", ("--format=custom", f"--file={file}", database)),
        (target, "psql", ("-qc", f'DROP DATABASE "{database}" WITH (FORCE)', "postgres")),
        (target, "pg_restore", ("--create", "--exit-on-error", "--dbname=postgres", file)),
    )
    for server, program, arguments in steps:
        run(server, program, *arguments)
