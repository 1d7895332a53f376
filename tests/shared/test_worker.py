"""Worker processes on the embedded broker: killed at the worst moment, doubled, early, and told to end."""

import asyncio
import base64
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from shared.db.engine import Database
from shared.messaging.kafka import KafkaBus
from shared.settings import BrokerProfile, ServiceSettings
from shared.testing.broker import BrokerProcess, free_port
from shared.testing.plugin import DatabaseOf
from tests.shared.arrivals import a_tag
from tests.shared.consuming import query, tell, until_is

pytestmark = [pytest.mark.embedded, pytest.mark.chaos, pytest.mark.xdist_group("worker")]

EFFECTS = """
    SELECT coalesce(json_object_agg(id, total ORDER BY id)::text, '{}') FROM (
      SELECT split_part(effect, '=', 1) AS id, sum(split_part(effect, '=', 2)::int) AS total
      FROM inbox WHERE effect <> 'tick' GROUP BY 1) AS sums
"""
COUNT = "SELECT count(*) FROM projected_states"
Child = asyncio.subprocess.Process
StartChild = Callable[..., Awaitable[Child]]


@pytest_asyncio.fixture(loop_scope="session")
async def broker() -> AsyncIterator[BrokerProcess]:
    process = BrokerProcess()
    yield process
    await process.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def settings(broker: BrokerProcess, committed_of: DatabaseOf) -> ServiceSettings:
    kit = await committed_of("kit")
    return ServiceSettings.model_validate(
        {
            "database_url": kit.service_url,
            "kafka_bootstrap": broker.bootstrap,
            "broker_profile": BrokerProfile.EMBEDDED,
            "oidc_issuer": "http://127.0.0.1:1",
            "field_keys": "f:" + base64.b64encode(b"f" * 16).decode(),
            "index_keys": "i:" + base64.b64encode(b"i" * 32).decode(),
            "cursor_key": "c" * 32,
            "internal_port": free_port(),
            "shutdown_grace": 10,
        }
    )


@pytest_asyncio.fixture(loop_scope="session")
async def child(settings: ServiceSettings) -> AsyncIterator[StartChild]:
    """`await child()` starts a worker; `kind` as tests.shared.worker_child says."""
    started: list[Child] = []

    async def start(kind: str = "", port: int | None = None) -> Child:
        given = settings.model_dump()
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        for name in ("database_url", "field_keys", "index_keys", "cursor_key"):
            environment[f"XIANGLI_{name.upper()}"] = given[name].get_secret_value()
        for name in ("kafka_bootstrap", "broker_profile", "oidc_issuer", "shutdown_grace"):
            environment[f"XIANGLI_{name.upper()}"] = str(given[name])
        environment["XIANGLI_INTERNAL_PORT"] = str(port or free_port())
        environment["CHILD"] = kind
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.shared.worker_child"), env=environment, start_new_session=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def bus_of(settings: ServiceSettings) -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(settings, client_id="test")
    try:
        yield bus
    finally:
        await bus.close()


def effects_of(versions: dict[str, int]) -> str:
    pairs = sorted((a_tag(name).subject, version) for name, version in versions.items())
    return "{ " + ", ".join(f'"{subject}" : {version}' for subject, version in pairs) + " }"


async def ends(process: Child, seconds: float = 20) -> int:
    async with asyncio.timeout(seconds):
        return await process.wait()


async def test_killed_between_the_database_and_the_offsets_each_state_has_one_effect(
    broker: BrokerProcess, settings: ServiceSettings, child: StartChild, kit_database: Database
) -> None:
    await broker.start()
    names = [str(number) for number in range(120)]  # more than two batches
    async with bus_of(settings) as bus:
        await tell(bus, *(a_tag(name) for name in names))
        for _ in range(2):
            assert await ends(await child("killed_before_commit")) == -signal.SIGKILL
        assert await query(kit_database, COUNT) in range(1, 121)  # the database had them, the broker was not told
        survivor = await child()
        await tell(bus, *(a_tag(name, 2) for name in names[:60]))
        versions = {name: 2 if name in names[:60] else 1 for name in names}
        await until_is(lambda: query(kit_database, EFFECTS), effects_of(versions), 40)
    survivor.send_signal(signal.SIGTERM)
    assert await ends(survivor) == 0
    assert await query(kit_database, "SELECT count(*) FROM dead_letters") == 0
    assert await query(kit_database, "SELECT count(*) FROM inbox WHERE effect = 'tick'") == 1


async def test_two_workers_share_the_work_and_a_killed_one_is_replaced(
    broker: BrokerProcess, settings: ServiceSettings, child: StartChild, kit_database: Database
) -> None:
    await broker.start()
    names = [str(number) for number in range(80)]
    async with bus_of(settings) as bus:
        first = await child()
        await tell(bus, *(a_tag(name) for name in names))
        await until_is(lambda: query(kit_database, COUNT), 80, 30)
        second = await child()  # joins in the middle of the next records
        for version in (2, 3, 4):
            await tell(bus, *(a_tag(name, version) for name in names))
            await asyncio.sleep(1.5)
        first.kill()
        await first.wait()
        await tell(bus, *(a_tag(name, 5) for name in names))
        await until_is(lambda: query(kit_database, EFFECTS), effects_of(dict.fromkeys(names, 5)), 60)
    second.send_signal(signal.SIGTERM)
    assert await ends(second) == 0
    assert await query(kit_database, "SELECT count(*) FROM dead_letters") == 0
    assert await query(kit_database, "SELECT count(*) FROM inbox WHERE effect = 'tick'") == 1


async def test_a_worker_waits_for_a_broker_that_is_not_there_yet_and_survives_its_absence(
    broker: BrokerProcess, settings: ServiceSettings, child: StartChild, kit_database: Database
) -> None:
    process = await child()
    await asyncio.sleep(4)
    assert process.returncode is None
    await broker.start()
    async with bus_of(settings) as bus:
        await tell(bus, a_tag("a"))
        await until_is(lambda: query(kit_database, COUNT), 1, 40)
        await broker.down()
        await asyncio.sleep(5)
        await broker.up()
        await tell(bus, a_tag("b"))
        await until_is(lambda: query(kit_database, COUNT), 2, 60)
        await broker.replace()
        await tell(bus, a_tag("a", 2), a_tag("b", 2), a_tag("c"))
        await until_is(lambda: query(kit_database, EFFECTS), effects_of({"a": 2, "b": 2, "c": 1}), 60)
    process.send_signal(signal.SIGTERM)
    assert await ends(process) == 0


async def test_told_to_end_while_everything_is_away_it_ends(
    broker: BrokerProcess, settings: ServiceSettings, child: StartChild
) -> None:
    process = await child()
    await asyncio.sleep(3)
    process.send_signal(signal.SIGTERM)
    assert await ends(process, 10) == 0
