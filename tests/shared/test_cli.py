"""`python -m services.<service> <verb>`, as an operator and the launcher use it: real processes."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import insert, text

from shared.cli import main
from shared.crypto.service import Crypto
from shared.files.tables import FileRow
from shared.ids import new_id
from shared.jobs import queue
from shared.settings import ServiceSettings
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase, existing_services, spec_of
from shared.testing.migrations import EmptyDatabase, provision_empty
from shared.testing.plugin import DatabaseOf
from shared.testing.settings import VALUES, settings_for
from tests.shared.issuer_http import issuer_on
from tests.shared.keys import keys

ROOT = Path(__file__).parents[2]
EVERY = pytest.mark.parametrize("service", existing_services())


def environment(**settings: object) -> dict[str, str]:
    """What a process gets: test keys and what is given, no setting of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XIANGLI_")}
    given = {f"XIANGLI_{name.upper()}": str(value) for name, value in (VALUES | settings).items()}
    return kept | given | {"PYTHONPATH": str(ROOT)}


@dataclass(frozen=True)
class Done:
    """How a verb ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Awaitable[Done]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A verb that ends by itself, inside this process: service, arguments, settings by name."""

    async def do(service: str, *arguments: str, **settings: object) -> Done:
        given = environment(**settings)
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("XIANGLI_")]:
                patch.delenv(name)
            for name, value in given.items():
                if name.startswith("XIANGLI_"):
                    patch.setenv(name, value)
            capsys.readouterr()
            try:
                code = await asyncio.to_thread(main, f"services.{service}", arguments)
            except SystemExit as usage:  # argparse
                code = int(usage.code or 0)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return do


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on right now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextlib.contextmanager
def started(service: str, verb: str, **settings: object) -> Iterator[subprocess.Popen[str]]:
    """A verb that runs until it is told to stop."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"services.{service}", verb],
        env=environment(**settings),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def wait_for(url: str, process: subprocess.Popen[str], status: int = 200) -> httpx.Response:
    """The first answer with this status."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        with contextlib.suppress(httpx.TransportError):
            answer = httpx.get(url, timeout=5)
            if answer.status_code == status:
                return answer
        time.sleep(0.1)
    raise AssertionError(f"{url} never answered {status}")


@pytest.fixture
async def registry(committed_of: DatabaseOf) -> ServiceDatabase:
    """Registry's migrated database."""
    return await committed_of("registry")


@pytest.fixture
async def empty(postgres: str, worker_id: str) -> EmptyDatabase:
    """A database that nobody has migrated yet."""
    return await provision_empty(spec_of("indicators"), postgres, f"cli_{worker_id}")


async def test_wrong_settings_are_one_line_that_names_the_variables_and_shows_no_value(run: Run) -> None:
    done = await run("registry", "migrate", database_url="mysql://root:hunter2@db/x", field_keys="a:aHVudGVyMg==")
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert "XIANGLI_FIELD_KEYS" in lines[0]
    assert "hunter2" not in lines[0]
    assert "aHVudGVyMg" not in lines[0]


def test_a_missing_setting_is_named(registry: ServiceDatabase) -> None:
    settings = environment(database_url=registry.service_url)
    del settings["XIANGLI_KAFKA_BOOTSTRAP"]
    command = [sys.executable, "-m", "services.registry", "api"]
    done = subprocess.run(command, env=settings, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["registry: XIANGLI_KAFKA_BOOTSTRAP is missing"]


async def test_a_placeholder_secret_is_refused(registry: ServiceDatabase, run: Run) -> None:
    done = await run("registry", "maintain", database_url=registry.service_url, cursor_key="change-me-please-now")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "XIANGLI_CURSOR_KEY is a placeholder" in done.stderr
    assert "change-me-please-now" not in done.stderr


async def test_an_unknown_verb_is_wrong_usage(run: Run) -> None:
    assert (await run("grid", "explode")).returncode == 2


async def test_migrate_brings_an_empty_database_to_the_newest_schema(empty: EmptyDatabase, run: Run) -> None:
    settings = {
        "database_url": empty.service_url,
        "migrator_database_url": empty.owner_url,
        "database_service_role": empty.names.role,
        "broker_profile": "embedded",
    }
    assert (await run("indicators", "migrate", "--check", **settings)).returncode == 1
    done = await run("indicators", "migrate", **settings)
    assert (done.returncode, done.stdout) == (0, "indicators: migrated\n"), done.stderr
    assert (await run("indicators", "migrate", **settings)).stdout == "indicators: nothing to migrate\n"
    assert (await run("indicators", "migrate", "--check", **settings)).returncode == 0
    maintained = await run("indicators", "maintain", **settings)
    assert maintained.returncode == 0, maintained.stderr
    assert "partitions made 0, dropped 0" in maintained.stdout


async def test_the_service_role_cannot_migrate(empty: EmptyDatabase, run: Run) -> None:
    done = await run("indicators", "migrate", database_url=empty.service_url, broker_profile="embedded")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("indicators: ")
    assert "permission denied" in done.stderr
    assert "Traceback" not in done.stderr


@EVERY
async def test_an_api_process_serves_reports_its_health_and_drains(service: str, committed_of: DatabaseOf) -> None:
    database = await committed_of(service)
    port, internal = free_ports(2)
    settings = {"database_url": database.service_url, "port": port, "internal_port": internal, "shutdown_grace": 2}
    with issuer_on() as issuer, started(service, "api", oidc_issuer=issuer.issuer, **settings) as process:
        ready = wait_for(f"http://127.0.0.1:{internal}/readyz", process)
        assert ready.json() == {"database": True, "identity": True, "serving": True, "keys": True}
        path = spec_of(service).path
        assert wait_for(f"http://127.0.0.1:{port}/{path}/openapi.json", process).json()["openapi"].startswith("3.1")
        assert "xiangli_http_requests_total" in httpx.get(f"http://127.0.0.1:{internal}/metrics").text
        assert httpx.get(f"http://127.0.0.1:{port}/metrics").status_code == 404
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    events = [line.split('"event":"', 1)[1].split('"', 1)[0] for line in output.splitlines() if '"event":"' in line]
    assert events[-1] == "api_stopped", output
    assert "api_draining" in events
    assert all(line.startswith("{") for line in output.splitlines()), output


async def test_an_api_whose_issuer_is_away_lives_says_so_and_is_ready_when_it_comes(registry: ServiceDatabase) -> None:
    port, internal, away = free_ports(3)
    settings = {"database_url": registry.service_url, "port": port, "internal_port": internal, "shutdown_grace": 2}
    with started("registry", "api", oidc_issuer=f"http://127.0.0.1:{away}", **settings) as process:
        parts = wait_for(f"http://127.0.0.1:{internal}/readyz", process, status=503).json()
        reasons = parts.pop("reasons")
        assert parts == {"database": True, "identity": False, "serving": True, "keys": parts["keys"]}
        assert reasons["identity"].startswith("XIANGLI_OIDC_ISSUER: ")
        assert wait_for(f"http://127.0.0.1:{internal}/healthz", process).json() == {"alive": True}
        with issuer_on(away):
            wait_for(f"http://127.0.0.1:{internal}/readyz", process)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert f'"fault":"XIANGLI_OIDC_ISSUER: http://127.0.0.1:{away}/.well-known/openid-configuration cannot' in output
    assert "Traceback" not in output


async def test_a_worker_that_still_waits_for_its_database_says_that_it_stops(committed_of: DatabaseOf) -> None:
    nowhere = re.sub(r"/\w+\?", "/nowhere?", (await committed_of("registry")).service_url)
    (internal,) = free_ports(1)
    settings = {"database_url": nowhere, "internal_port": internal}
    with started("registry", "worker", broker_profile="embedded", **settings) as process:
        wait_for(f"http://127.0.0.1:{internal}/healthz", process)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert ['"event":"worker_started"' in output, '"event":"worker_stopped"' in output] == [False, True]


@EVERY
async def test_a_worker_whose_broker_is_away_lives_is_not_ready_and_stops_in_time(
    service: str, committed_of: DatabaseOf
) -> None:
    database = await committed_of(service)
    (internal,) = free_ports(1)
    settings = {"database_url": database.service_url, "internal_port": internal, "shutdown_grace": 2}
    with started(service, "worker", broker_profile="embedded", **settings) as process:
        wait_for(f"http://127.0.0.1:{internal}/healthz", process)
        parts = wait_for(f"http://127.0.0.1:{internal}/readyz", process, status=503).json()
        assert parts["database"] is True
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert '"event":"worker_stopped"' in output


async def test_a_taken_port_is_one_clear_sentence(registry: ServiceDatabase) -> None:
    (internal,) = free_ports(1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = {"database_url": registry.service_url, "port": port, "internal_port": internal}
        with started("registry", "api", **settings) as process:
            output, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert output.splitlines()[-1] == f"registry: cannot listen on 127.0.0.1:{port}"
    assert "Traceback" not in output


async def test_jobs_are_listed_shown_and_cancelled(registry: ServiceDatabase, run: Run) -> None:
    async with registry.database.session() as session:
        job = await queue.enqueue(session, "republish", {"nouns": ["registry.tag"]})
        await session.commit()
    url = registry.service_url
    assert (
        f"{job.id} #{job.number} republish queued" in (await run("registry", "jobs", "list", database_url=url)).stdout
    )
    assert "cancelled" in (await run("registry", "jobs", "cancel", str(job.id), database_url=url)).stdout
    assert "cancelled" in (await run("registry", "jobs", "show", str(job.id), database_url=url)).stdout
    refused = await run("registry", "jobs", "show", "00000000-0000-0000-0000-000000000000", database_url=url)
    assert (refused.returncode, refused.stderr) == (1, "registry: refused: not_found\n")


async def test_keys_are_told_by_their_ids_and_a_rotation_is_started(registry: ServiceDatabase, run: Run) -> None:
    given = {"database_url": registry.service_url, **keys("k2", "k1")}
    told = await run("registry", "keys", **given)
    assert (told.returncode, told.stdout.splitlines()) == (
        0,
        ["field active=k2 others=k1 left=0", "index active=k2 others=k1 left=0"],
    )
    asked = await run("registry", "rotate-keys", **given)
    assert " rotate_keys:k2:k2 queued 0" in asked.stdout, asked.stderr
    again = await run("registry", "rotate-keys", **given)
    assert (again.returncode, again.stderr) == (1, "registry: refused: job_already_open\n")
    file = new_id()
    sealed = Crypto.from_settings(settings_for("registry", registry.service_url, **keys("k1"))).seal(
        "张三的申请", field="files.name", owner=file
    )
    async with registry.database.session() as session:
        await session.execute(
            insert(FileRow).values(id=file, name=sealed, uploaded_by="clerk", uploaded_at=FrozenClock().now())
        )
        await session.commit()
    told = await run("registry", "keys", **given)
    assert (told.returncode, told.stdout.splitlines()[0]) == (1, "field active=k2 others=k1 left=1")
    held = await run("registry", "give-up-key", "field", "k1", **given)
    assert (held.returncode, held.stderr) == (1, "registry: k1 is in XIANGLI_FIELD_KEYS: take it out first\n")
    without = {**given, **keys("k2")}
    asked = await run("registry", "give-up-key", "field", "k1", **without)
    assert (asked.returncode, asked.stdout) == (1, "1 values need k1: --values 1 gives them up\n")
    asked = await run("registry", "give-up-key", "field", "k1", "--values", "1", **without)
    assert (asked.returncode, asked.stdout) == (0, "1 values need k1, given up\n")


async def test_republish_and_rebuild_start_jobs_that_a_worker_does(committed_of: DatabaseOf, run: Run) -> None:
    registry, indicators = await committed_of("registry"), await committed_of("indicators")
    asked = await run("registry", "republish", "registry.tag", "registry.area", database_url=registry.service_url)
    assert asked.returncode == 0, asked.stderr
    first, counts = asked.stdout.splitlines()
    assert " republish queued 0" in first
    assert sorted(counts.split()) == ["registry.area=0", "registry.tag=0"]
    again = await run("registry", "republish", database_url=registry.service_url)
    assert (again.returncode, again.stderr) == (1, "registry: refused: job_already_open\n")
    unknown = await run("registry", "republish", "grid.incident", database_url=registry.service_url)
    assert (unknown.returncode, unknown.stderr) == (1, "registry: refused: unknown_noun\n")

    misspelt = await run("indicators", "rebuild", "--expect", "registry.persn=1", database_url=indicators.service_url)
    assert (misspelt.returncode, misspelt.stderr) == (
        1,
        "indicators: registry.persn is not a noun of the catalogue\n",
    )
    said = [*counts.split(), "grid.inbound_outcome=7"]  # announced, but nothing that a figure counts
    rebuilt = await run("indicators", "rebuild", "--expect", *said, database_url=indicators.service_url)
    assert " rebuild queued 0" in rebuilt.stdout, rebuilt.stderr
    async with indicators.database.session() as session:
        (job,) = await queue.recent(session)
    assert job.params == {"expected": {"registry.area": 0, "registry.tag": 0}}
    nothing = await run("registry", "rebuild", database_url=registry.service_url)
    assert (nothing.returncode, nothing.stderr) == (1, "registry: this service has nothing to rebuild\n")


async def test_the_access_log_is_verified(registry: ServiceDatabase, run: Run) -> None:
    sound = await run("registry", "access-log", "verify", database_url=registry.service_url)
    assert (sound.returncode, sound.stdout) == (0, "registry: 0 rows in 0 batches, sound\n"), sound.stderr
    async with registry.database.session() as session:
        await session.execute(
            text(
                "INSERT INTO access_log (writer, batch, position, at, occurred_at, subject, action, noun, detail,"
                " result) VALUES ('w', 1, 0, now(), now(), 's', 'read', 'registry.person', 'masked', 'ok')"
            )
        )
        await session.commit()
    forged = await run("registry", "access-log", "verify", database_url=registry.service_url)
    assert forged.returncode == 1
    assert "inserted: writer w batch 1" in forged.stdout


async def test_dead_letters_are_listed(committed_of: DatabaseOf, run: Run) -> None:
    indicators = await committed_of("indicators")
    done = await run("indicators", "dead-letters", "list", database_url=indicators.service_url)
    assert (done.returncode, done.stdout) == (0, "indicators: 0 records\n"), done.stderr
    wrong = await run("indicators", "dead-letters", "show", "nonsense", database_url=indicators.service_url)
    assert (wrong.returncode, wrong.stderr) == (1, "indicators: nonsense is not an id\n")


def test_the_settings_of_these_tests_are_whole() -> None:
    assert ServiceSettings(**(VALUES | {"database_url": "postgresql+asyncpg://x@/y"})).port == 8001
