"""Worker processes on the embedded broker and on Kafka: killed at the worst moment, doubled, early, and told to end."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from aiokafka.structs import TopicPartition
from pydantic import SecretStr

from shared.clock import SystemClock
from shared.contracts.catalogue import TOPICS
from shared.db.engine import Database
from shared.messaging.bus.embedded import DONE, rebuild_group
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Route
from shared.messaging.rebuild.rebuild import Expected, Rebuild
from shared.settings import ServiceSettings
from shared.testing.broker import free_port
from shared.testing.plugin import DatabaseOf
from tests.shared.arrivals import VILLAGE, a_record, a_tag, an_area
from tests.shared.buses import EmbeddedRig, RealRig, embedded_rig, kafka_settings, real_rig
from tests.shared.consuming import CRYPTO, query, tell, until_is

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("worker")]

EFFECTS = """
    SELECT coalesce(json_object_agg(id, total ORDER BY id)::text, '{}') FROM (
      SELECT split_part(effect, '=', 1) AS id, sum(split_part(effect, '=', 2)::int) AS total
      FROM effects WHERE effect <> 'tick' GROUP BY 1) AS sums
"""
COUNT = "SELECT count(*) FROM projected_states"
Child = asyncio.subprocess.Process
StartChild = Callable[..., Awaitable[Child]]


EVERYWHERE = pytest.mark.parametrize(
    "rig",
    [
        pytest.param("embedded", marks=pytest.mark.embedded),
        # sessions last 30 s there: whoever comes after a killed one waits that long
        pytest.param("real", marks=pytest.mark.kafka),
    ],
    indirect=True,
)
# the same on the embedded broker, with a whole county round it: tests/e2e/test_faults_{processes,broker}.py
REAL = pytest.mark.parametrize("rig", [pytest.param("real", marks=pytest.mark.kafka)], indirect=True)
EMBEDDED = pytest.mark.parametrize("rig", [pytest.param("embedded", marks=pytest.mark.embedded)], indirect=True)


@pytest_asyncio.fixture(loop_scope="session")
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[EmbeddedRig | RealRig]:
    """A broker of the test's own."""
    if request.param == "embedded":
        async with embedded_rig() as embedded:
            yield embedded
        return
    async with real_rig(tmp_path) as real:
        for topic in TOPICS.values():
            await real.topic(4, topic.name)
        yield real


@pytest_asyncio.fixture(loop_scope="session")
async def settings(rig: EmbeddedRig | RealRig, committed_of: DatabaseOf) -> ServiceSettings:
    kit = await committed_of("kit")
    return kafka_settings(rig.bootstrap, rig.profile).model_copy(
        update={"database_url": SecretStr(kit.service_url), "shutdown_grace": 10.0}
    )


@pytest_asyncio.fixture(loop_scope="session")
async def child(settings: ServiceSettings) -> AsyncIterator[StartChild]:
    """`await child()` starts a worker; `kind` as tests.shared.worker_child says."""
    started: list[Child] = []

    async def start(kind: str = "", port: int | None = None, **changed: object) -> Child:
        given = settings.model_copy(update=changed).model_dump()
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        for name in ("database_url", "field_keys", "index_keys", "cursor_key", "position_keys"):
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


def effects_of(versions: dict[str, int]) -> str:
    pairs = sorted((a_tag(name).subject, version) for name, version in versions.items())
    return "{ " + ", ".join(f'"{subject}" : {version}' for subject, version in pairs) + " }"


async def alive(port: int) -> bool:
    """Whether the worker's health port answers: from then on it listens to signals."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def ends(process: Child, seconds: float = 60) -> int:
    async with asyncio.timeout(seconds):
        return await process.wait()


@REAL
async def test_killed_between_the_database_and_the_offsets_each_state_has_one_effect(
    rig: EmbeddedRig | RealRig, child: StartChild, kit_database: Database
) -> None:
    names = [str(number) for number in range(120)]  # more than two batches
    await tell(rig.bus, *(a_tag(name) for name in names))
    for _ in range(2):
        assert await ends(await child("killed_before_commit")) == -signal.SIGKILL
    assert await query(kit_database, COUNT) in range(1, 121)  # the database had them, the broker was not told
    survivor = await child()
    await tell(rig.bus, *(a_tag(name, 2) for name in names[:60]))
    versions = {name: 2 if name in names[:60] else 1 for name in names}
    await until_is(lambda: query(kit_database, EFFECTS), effects_of(versions), 90)
    survivor.send_signal(signal.SIGTERM)
    assert await ends(survivor) == 0
    assert await query(kit_database, "SELECT count(*) FROM dead_letters") == 0
    assert await query(kit_database, "SELECT count(*) FROM effects WHERE effect = 'tick'") == 1


@REAL
async def test_two_workers_share_the_work_and_a_killed_one_is_replaced(
    rig: EmbeddedRig | RealRig, child: StartChild, kit_database: Database
) -> None:
    names = [str(number) for number in range(80)]
    first = await child()
    await tell(rig.bus, *(a_tag(name) for name in names))
    await until_is(lambda: query(kit_database, COUNT), 80, 60)
    second = await child()  # joins in the middle of the next records
    for version in (2, 3, 4):
        await tell(rig.bus, *(a_tag(name, version) for name in names))
        await asyncio.sleep(1.5)
    first.kill()
    await first.wait()
    await tell(rig.bus, *(a_tag(name, 5) for name in names))
    await until_is(lambda: query(kit_database, EFFECTS), effects_of(dict.fromkeys(names, 5)), 90)
    second.send_signal(signal.SIGTERM)
    assert await ends(second) == 0
    assert await query(kit_database, "SELECT count(*) FROM dead_letters") == 0
    assert await query(kit_database, "SELECT count(*) FROM effects WHERE effect = 'tick'") == 1


@REAL
async def test_a_worker_waits_for_a_broker_that_is_not_there_yet_and_survives_its_absence(
    rig: EmbeddedRig | RealRig, child: StartChild, kit_database: Database
) -> None:
    await rig.down()
    process = await child()
    await asyncio.sleep(4)
    assert process.returncode is None
    await rig.up()
    await tell(rig.bus, a_tag("a"))
    await until_is(lambda: query(kit_database, COUNT), 1, 60)
    await rig.down()
    await asyncio.sleep(5)
    await rig.up()
    await tell(rig.bus, a_tag("b"))
    await until_is(lambda: query(kit_database, COUNT), 2, 90)
    process.send_signal(signal.SIGTERM)
    assert await ends(process) == 0


@EMBEDDED
async def test_a_new_and_empty_broker_is_read_from_its_beginning(
    rig: EmbeddedRig, child: StartChild, kit_database: Database
) -> None:
    process = await child()
    await tell(rig.bus, a_tag("a"), a_tag("b"))
    await until_is(lambda: query(kit_database, COUNT), 2, 60)
    await rig.broker.replace()
    await tell(rig.bus, a_tag("a", 2), a_tag("b", 2), a_tag("c"))
    await until_is(lambda: query(kit_database, EFFECTS), effects_of({"a": 2, "b": 2, "c": 1}), 90)
    process.send_signal(signal.SIGTERM)
    assert await ends(process) == 0


@EVERYWHERE
async def test_records_that_cannot_be_taken_stop_nobody_and_are_announced(
    rig: EmbeddedRig | RealRig, child: StartChild, kit_database: Database
) -> None:
    announcements = await rig.topic(1, "registry.tags.dlq.kit")
    process = await child()
    await tell(rig.bus, *(a_tag(name) for name in ("before", "refused", "other")))
    await until_is(lambda: query(kit_database, COUNT), 3, 60)
    await tell(rig.bus, a_tag("refused", 2, level="refused"), a_record(a_tag("unreadable"), value=b"\xff"))
    await tell(rig.bus, a_record(a_tag("of tomorrow"), schema_version=9), a_tag("early", level="early"))
    await until_is(lambda: query(kit_database, "SELECT count(*) FROM dead_letters"), 3, 90)
    await tell(rig.bus, a_tag("refused", 3), a_tag("after"), a_tag("other", 2))
    await until_is(lambda: query(kit_database, "SELECT count(*) FROM dead_letters WHERE status = 'parked'"), 1, 90)
    assert await query(
        kit_database, "SELECT array_agg(code ORDER BY code) FROM dead_letters WHERE status = 'dead'"
    ) == [
        "bad_state",
        "test_refused",
        "unknown_version",
    ]
    assert await query(kit_database, "SELECT array_agg(waits_aggregate) FROM pending") == [VILLAGE]
    await tell(rig.bus, an_area())
    known = {"before": 1, "refused": 1, "other": 2, "after": 1, "early": 1}
    await until_is(lambda: query(kit_database, EFFECTS), effects_of(known), 90)
    consumer = rig.bus.consumer(None)
    consumer.assign([TopicPartition(announcements, 0)])
    await consumer.start()
    told: list[str] = []
    async with asyncio.timeout(90):
        while len(told) < 3:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                told += [dict(record.headers)["code"].decode() for record in records]
    await consumer.stop()
    assert sorted(told) == ["bad_state", "test_refused", "unknown_version"]
    process.send_signal(signal.SIGTERM)
    assert await ends(process) == 0


@EVERYWHERE
async def test_told_to_end_while_the_broker_is_away_it_ends_in_time(
    rig: EmbeddedRig | RealRig, child: StartChild
) -> None:
    await rig.down()
    port = free_port()
    process = await child(port=port)
    await until_is(lambda: alive(port), True, 60)
    process.send_signal(signal.SIGTERM)
    assert await ends(process, 25) == 0


@EVERYWHERE
async def test_a_rebuild_reads_everything_again_beside_a_running_worker(
    rig: EmbeddedRig | RealRig, child: StartChild, kit_database: Database
) -> None:
    names = [str(number) for number in range(200)]
    process = await child()
    await tell(rig.bus, *(a_tag(name) for name in names), *(a_tag(name, 2) for name in names[:50]))
    await until_is(
        lambda: query(kit_database, EFFECTS), effects_of({n: 2 if n in names[:50] else 1 for n in names}), 60
    )
    projector = Projector(
        kit_database,
        (Route("registry.tag"), Route("registry.area")),
        owner="kit",
        clock=SystemClock(),
        crypto=CRYPTO,
        reader="kit",
        shadow=True,
    )
    rebuilt = await Rebuild(rig.bus, StateProcessor(projector), "kit").run([Expected(("registry.tag",), 200)])
    assert (rebuilt.slot, rebuilt.states, rebuilt.differences) == (1, 200, ())
    lanes = [TopicPartition("registry.tags", number) for number in range(4)]
    told = await rig.bus.group_offsets(rebuild_group("kit"), lanes)
    assert sum(offset for offset, _ in told.values()) == 250
    assert {metadata for _, metadata in told.values()} == {DONE}
    await tell(rig.bus, a_tag("0", 3))
    await until_is(lambda: query(kit_database, "SELECT max(sequence) FROM projected_states WHERE slot = 1"), 3, 90)
    process.send_signal(signal.SIGTERM)
    assert await ends(process) == 0


@EMBEDDED
async def test_a_worker_waits_for_a_database_that_is_not_there_yet(rig: EmbeddedRig, child: StartChild) -> None:
    port = free_port()
    nowhere = SecretStr(f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/none")
    process = await child(port=port, database_url=nowhere)
    await until_is(lambda: alive(port), True, 60)
    async with httpx.AsyncClient(timeout=10) as client:
        health = await client.get(f"http://127.0.0.1:{port}/healthz")
        ready = await client.get(f"http://127.0.0.1:{port}/readyz")
    assert (health.status_code, ready.status_code) == (200, 503)
    assert ready.json() == {
        "serving": True,
        "keys": False,
        "database": False,
        "consumer": False,
        "history": True,
        "reasons": {"database": "XIANGLI_DATABASE_URL: no database server listens there"},
    }
    process.send_signal(signal.SIGTERM)
    assert await ends(process, 25) == 0
