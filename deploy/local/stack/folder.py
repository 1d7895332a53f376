"""Data folder of a local stack: lock for one launcher at a time, keys made once, logs, list of processes."""

import base64
import contextlib
import errno
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

INBOUND = "XIANGLI_INBOUND_PRIVATE_KEYS"
LISTS = "XIANGLI_LIST_PRIVATE_KEYS"
"""Registry's key for lists; it reads it as `INBOUND`."""
POSITION = "XIANGLI_POSITION_KEYS"
EXTRACTS = "XIANGLI_EXTRACT_ENCRYPTION_KEYS"
NEEDED_BYTES = 500_000_000
LOG_LIMIT = 20_000_000


class LocalRefused(Exception):
    """The local stack cannot do what was asked; the message is one sentence for the user."""


@dataclass
class Folder:
    """`.local/`, or what LOCAL names."""

    path: Path
    _lock: IO[str] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.path = self.path.absolute()

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def open(self) -> None:
        """Creates and locks it until the process ends. Raises LocalRefused if it is locked or the disk is full."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.keys.mkdir(mode=0o700, exist_ok=True)
            self.logs.mkdir(exist_ok=True)
            self._lock = (self.path / "lock").open("w")
        except OSError as error:
            raise LocalRefused(f"{self.path} cannot be written: {os.strerror(error.errno or 0)}.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise LocalRefused(
                f"another stack runs in {self.path}: stop it, or choose another folder (LOCAL=dir)."
            ) from error
        free = shutil.disk_usage(self.path).free
        if free < NEEDED_BYTES:
            self.close()
            raise LocalRefused(
                f"the disk of {self.path} is full: {free // 1_000_000} MB left, {NEEDED_BYTES // 1_000_000} MB needed."
            )

    def close(self) -> None:
        """Releases the lock."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def log_of(self, name: str) -> Path:
        """Log file of a process; one older file is kept."""
        log = self.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return log

    # -- keys ----------------------------------------------------------------------------------------------------------
    def secrets(self) -> dict[str, str]:
        """Keys of this stack as settings of the services; made once, at the first call of any process; mode 0600."""
        path = self.keys / "keys.json"
        if not path.exists():
            self.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, json.dumps(new_secrets(), indent=2) + "\n")
        found: dict[str, str] = json.loads(path.read_text())
        for name, make in LATER.items():
            if name not in found:
                found[name] = self._later(name, make)
        return found

    def _later(self, name: str, make: Callable[[], str]) -> str:
        """Key that a folder is too old to hold; made once, in a file of its own."""
        path = self.keys / f"{name.lower()}.json"
        if not path.exists():
            write_private(path, json.dumps({name: make()}, indent=2) + "\n")
        return str(json.loads(path.read_text())[name])

    # -- who runs ------------------------------------------------------------------------------------------------------
    def note_processes(self, base: int, pids: Mapping[str, int]) -> None:
        """Writes down the launcher's children by name, so that those of a launcher that was killed can be ended."""
        entries = []
        for name, pid in pids.items():
            try:
                entries.append([pid, psutil.Process(pid).create_time(), name])
            except psutil.Error:
                continue
        text = json.dumps({"base": base, "launcher": os.getpid(), "processes": entries})
        temporary = self.path / "run.json.new"
        temporary.write_text(text)
        temporary.replace(self.path / "run.json")

    def forget_processes(self) -> None:
        """Removes the list of processes."""
        (self.path / "run.json").unlink(missing_ok=True)

    def end_orphans(self) -> int:
        """Kills the processes that an earlier launcher left behind; how many. Call while the folder is locked."""
        ended: list[psutil.Process] = []
        for pid, created, _ in self.noted().get("processes", []):
            try:
                process = psutil.Process(pid)
                if abs(process.create_time() - created) < 0.01:
                    ended += [*process.children(recursive=True), process]
            except psutil.Error:
                continue
        for process in ended:
            try:
                process.kill()
            except psutil.Error:
                continue
        psutil.wait_procs(ended, timeout=5)
        self.forget_processes()
        return len(ended)

    def noted(self) -> dict[str, Any]:
        """The list that `note_processes` wrote last; empty if there is none."""
        try:
            found: dict[str, Any] = json.loads((self.path / "run.json").read_text())
        except (OSError, ValueError):
            return {}
        return found

    def is_held(self) -> bool:
        """Whether a launcher holds the lock now."""
        try:
            with (self.path / "lock").open("r+") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False


def new_secrets() -> dict[str, str]:
    """Fresh keys for a whole deployment."""
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {
        "XIANGLI_FIELD_KEYS": "f1:" + base64.b64encode(secrets.token_bytes(16)).decode(),
        "XIANGLI_INDEX_KEYS": "i1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "XIANGLI_CURSOR_KEY": secrets.token_hex(32),
        POSITION: new_position_key(),
        "XIANGLI_EXTRACT_PRIVATE_KEY": "e1:" + base64.b64encode(raw).decode(),
        "XIANGLI_EXTRACT_PUBLIC_KEYS": "e1:" + base64.b64encode(public).decode(),
        EXTRACTS: new_extract_key(),
        INBOUND: new_inbound_key(),
        LISTS: new_inbound_key(),
    }


def new_inbound_key() -> str:
    """A fresh P-256 key, to whose public half county systems encrypt."""
    scalar = generate_private_key(SECP256R1()).private_numbers().private_value
    return "c1:" + base64.b64encode(scalar.to_bytes(32, "big")).decode()


def new_extract_key() -> str:
    """A fresh AES key, with which registry encrypts extracts to the hall."""
    return "x1:" + base64.b64encode(secrets.token_bytes(32)).decode()


def new_position_key() -> str:
    """A fresh SM4 key, with which the services of a county seal positions for each other."""
    return "p1:" + base64.b64encode(secrets.token_bytes(16)).decode()


LATER: dict[str, Callable[[], str]] = {
    INBOUND: new_inbound_key,
    LISTS: new_inbound_key,
    POSITION: new_position_key,
    EXTRACTS: new_extract_key,
}
"""Keys that came after the first folders were made."""


def write_private(path: Path, text: str) -> None:
    """Writes a file for its owner only, whole or not at all. If another process was first, its file stays."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink()
