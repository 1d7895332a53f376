"""The stage of registry's HTTP benches: PostgreSQL and wrk on core 1, the server that is measured on core 0.

Ours is the real process (`python -m services.registry api`) with a real issuer; the control is a script of
`tests/bench/controls` on the same PostgreSQL. One of them is asked at a time, in turn.
"""

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import asyncpg
import httpx

from deploy.local.stack.postgres import Postgres, ServiceUrls
from services.registry.areas.domain import read_divisions
from services.registry.features import SPEC
from services.registry.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.clock import SystemClock
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.migration.migrate import migrate
from shared.testing.broker import free_port
from shared.testing.settings import VALUES, settings_for
from tests.bench import drf
from tests.bench.harness import Round, Unmeasured
from tests.bench.processor import Spent, of_postgres, of_process
from tests.bench.server import server
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, DIVISIONS, VILLAGE, a_new_person

SERVER_CORE, OTHER_CORE = 0, 1
SECONDS = 3
ROUNDS = 3
PEOPLE = 5000

_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_ANSWERED = re.compile(r"(\d+) requests in")
_P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s)")
_BROKEN = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)")
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Shot:
    """What wrk saw in one round: requests a second, and the 99th percentile in milliseconds; what a request cost."""

    rate: float
    p99: float
    cost: Spent
    """Processor microseconds of a request."""

    @property
    def throughput(self) -> Round:
        return Round(self.rate, self.cost)

    @property
    def latency(self) -> Round:
        return Round(self.p99, self.cost)


@dataclass
class Stage:
    """What both servers stand on."""

    folder: Path
    urls: ServiceUrls
    postgres: Postgres
    issuer_port: int = 0
    ids: list[str] = field(default_factory=list)
    token: str = ""
    children: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    servers: dict[str, int] = field(default_factory=dict)
    """Process ids of the servers, by base address."""

    def start(self, name: str, command: Sequence[str], port: int, path: str, environment: dict[str, str]) -> str:
        """A server on core 0; returns its base address when it answers `path`."""
        inherited = {one: value for one, value in os.environ.items() if one != "PYTHONDONTWRITEBYTECODE"}
        with (self.folder / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(
                ["taskset", "-c", str(SERVER_CORE), *command],
                env=inherited | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.children.append(child)
        base = f"http://127.0.0.1:{port}"
        self.servers[base] = child.pid  # taskset becomes what it starts
        for _ in range(300):
            if child.poll() is not None:
                raise Unmeasured(f"{name} ended at its start, see {log.name}")
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(base + path, timeout=2)
                return base
            time.sleep(0.1)
        raise Unmeasured(f"{name} does not answer")

    def end(self) -> None:
        """End every server that was started, the last one first."""
        for child in reversed(self.children):
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(10)
            child.kill()
            child.wait()

    def start_ours(self, database_url: str | None = None) -> str:
        """The registry's API process; returns its base address."""
        port = free_port()
        values = VALUES | {
            "database_url": database_url or self.urls.service_url,
            "host": "127.0.0.1",
            "port": port,
            "internal_port": free_port(),
            "oidc_issuer": f"http://127.0.0.1:{self.issuer_port}",
            "log_level": "WARNING",
            "rate_per_minute": 1_000_000,
        }
        environment = {f"XIANGLI_{name.upper()}": str(value) for name, value in values.items()}
        command = [sys.executable, "-m", "services.registry", "api"]
        return self.start("ours", command, port, "/registry/v1/areas", environment)

    def start_control(self, name: str) -> str:
        """A control by its module name; returns its base address."""
        port = free_port()
        environment = {"CONTROL_DSN": raw_dsn(self.urls.owner_url), "CONTROL_PORT": str(port)}
        command = [sys.executable, "-m", f"tests.bench.controls.{name}"]
        return self.start(name, command, port, "/nothing", environment)

    def start_drf(self) -> str:
        """Django REST Framework as the control; returns its base address."""
        port = free_port()
        environment = {"CONTROL_DSN": raw_dsn(self.urls.owner_url)}
        return self.start("drf", drf.command(port), port, "/nothing", environment)

    def spent(self, base: str) -> Spent:
        """Processor seconds of a server until now, and of PostgreSQL."""
        postmaster = self.postgres.pid()
        assert postmaster is not None
        return Spent(of_process(self.servers[base]), of_postgres(postmaster))

    def shoot(self, script: Path, base: str, connections: int, *arguments: str) -> Shot:
        """One round of wrk on core 1. Raises Unmeasured where an answer was no success."""
        command = [
            "taskset",
            "-c",
            str(OTHER_CORE),
            "wrk",
            "--latency",
            "--timeout",
            "30s",
            "-t1",
            f"-c{connections}",
            f"-d{SECONDS}s",
        ]
        command += ["-s", str(script), base, "--", str(self.folder), *arguments]
        before = self.spent(base)
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS + 30).stdout
        if (broken := _BROKEN.search(told)) is not None:
            raise Unmeasured(f"{base} answered wrongly: {broken[0]}")
        spent = self.spent(base).since(before)
        rate, p99, answered = _RATE.search(told), _P99.search(told), _ANSWERED.search(told)
        assert rate is not None
        assert p99 is not None
        assert answered is not None
        return Shot(float(rate[1]), float(p99[1]) * _MILLISECONDS[p99[2]], spent.each(int(answered[1])))


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """PostgreSQL, an issuer, a county with people; everything ends with the block."""
    for program in ("wrk", "taskset"):
        if shutil.which(program) is None:
            raise Unmeasured(f"{program} is missing: apt-get install {'wrk' if program == 'wrk' else 'util-linux'}")
    if (os.cpu_count() or 1) < 2:
        raise Unmeasured("two cores are needed, one for the server and one for the rest")
    with server(core=OTHER_CORE) as postgres:
        set_up = asyncio.run(_set_up(postgres))
        try:
            _start_issuer(set_up)
            yield set_up
        finally:
            set_up.end()


async def _set_up(postgres: Postgres) -> Stage:
    folder, urls = postgres.folder.parent, await postgres.create_service("registry")
    await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    settings = settings_for("registry", urls.service_url)
    database = Database(urls.service_url, pool=4, application="bench", statement_timeout_ms=60_000)
    clock, crypto = SystemClock(), Crypto.from_settings(settings)
    ids: list[str] = []
    async with database.session() as session:
        context = PlainContext(
            session, clock, Outbox(session, owner="registry", clock=clock), crypto, AccessNotes(clock)
        )
        registry = use_cases(context)
        await registry.areas.take_over(read_divisions(DIVISIONS), books_opened_on=BOOKS_OPENED_ON)
        people = [
            a_new_person(
                birth_date=date(1940 + n % 70, 1 + n % 12, 1 + n % 28), phone="13807748000", address="思孟村三组十二号"
            )
            for n in range(PEOPLE)
        ]
        ids += [str(record.id) for record in await registry.admissions.admit(people)]
        await session.commit()
    await database.close()
    owner = await asyncpg.connect(raw_dsn(urls.owner_url))
    await owner.execute("VACUUM ANALYZE")
    await owner.close()
    (folder / "ids.txt").write_text("\n".join(ids))
    return Stage(folder, urls, postgres, ids=ids)


def _start_issuer(set_up: Stage) -> None:
    port = set_up.issuer_port = free_port()
    command = [sys.executable, "-m", "deploy.local.issuer", "--port", str(port), "--dir", str(set_up.folder / "issuer")]
    set_up.start("issuer", command, port, "/healthz", {})
    form = {"grant_type": "client_credentials", "role": "village_clerk", "area": VILLAGE, "lifetime": "86400"}
    answer = httpx.post(f"http://127.0.0.1:{port}/token", data=form).raise_for_status()
    set_up.token = answer.json()["access_token"]
    (set_up.folder / "token.txt").write_text(set_up.token)


assert VILLAGE.startswith(COUNTY)
