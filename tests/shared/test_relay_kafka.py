"""The relay on a broker that speaks Kafka: what strangers can read, and the faults it has to survive."""

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka.structs import TopicPartition

from shared.contracts.catalogue import TOPICS
from shared.contracts.registry.areas import AreaOpened
from shared.db.engine import Database, raw_dsn
from shared.messaging.bus import cloudevents
from shared.messaging.bus.embedded import Pacer
from shared.messaging.bus.interface import Record
from shared.messaging.outbox.tables import SHARDS
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from tests.shared.buses import EmbeddedRig, embedded_rig
from tests.shared.facts import an_area, announced, registered
from tests.shared.relaying import a_relay, running, unpublished, until, until_holding, until_published

PERSONS = TOPICS["registry.person"].name
PRODUCE, INVALID_PRODUCER_EPOCH, OUT_OF_ORDER, NOT_ENOUGH_REPLICAS = 0, 47, 45, 19

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("relay-kafka")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def one_rig() -> AsyncIterator[EmbeddedRig]:
    async with embedded_rig() as broker:
        yield broker


@pytest_asyncio.fixture(loop_scope="session")
async def rig(one_rig: EmbeddedRig) -> EmbeddedRig:
    """Empty for each test."""
    await one_rig.broker.replace()
    return one_rig


async def everything(rig: EmbeddedRig, topic: str = PERSONS) -> list[Record]:
    """All that lies on a topic, partition by partition."""
    ends = await rig.bus.end_offsets(topic)
    consumer = rig.bus.consumer(None)
    consumer.assign(list(ends))
    await consumer.start()
    found: list[Record] = []
    async with asyncio.timeout(30):
        while len(found) < sum(ends.values()):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
    await consumer.stop()
    return sorted(found, key=lambda record: (record.partition, record.offset))


def versions(records: list[Record]) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = {}
    for record in records:
        found.setdefault(record.key or b"", []).append(cloudevents.read(record.headers, record.value).envelope.sequence)
    return found


async def test_a_stranger_can_read_what_was_committed(
    rig: EmbeddedRig, kit_database: Database, clock: FrozenClock
) -> None:
    await announced(kit_database, clock, AreaOpened(state=an_area(version=7)))
    async with running(a_relay(kit_database, rig.bus)):
        await until_published(kit_database)
    (record,) = await everything(rig, "registry.areas")
    envelope, data = cloudevents.read(record.headers, record.value)
    assert record.key == b"450481"
    assert record.timestamp == int(clock.now().timestamp() * 1000)
    assert (envelope.type, envelope.subject, envelope.sequence) == ("registry.area.opened", "450481", 7)
    assert envelope.time == clock.now()
    assert AreaOpened.model_validate_json(data) == AreaOpened(state=an_area(version=7))


async def test_all_versions_of_a_key_lie_on_one_partition_in_order(
    rig: EmbeddedRig, kit_database: Database, clock: FrozenClock
) -> None:
    await announced(kit_database, clock, *registered({str(n): 5 for n in range(20)}))
    async with running(a_relay(kit_database, rig.bus, batch=13)):
        await until_published(kit_database)
    records = await everything(rig)
    assert list(versions(records).values()) == [[1, 2, 3, 4, 5]] * 20
    assert len({(record.key, record.partition) for record in records}) == 20
    assert len({record.partition for record in records}) > 1


@pytest.mark.parametrize("error", [INVALID_PRODUCER_EPOCH, OUT_OF_ORDER])
async def test_a_fatal_producer_is_replaced(
    rig: EmbeddedRig, kit_database: Database, clock: FrozenClock, error: int
) -> None:
    relay = a_relay(kit_database, rig.bus)
    async with running(relay):
        await until_holding(relay, SHARDS)
        await rig.broker.order(f"fail {PRODUCE} {error} 1")
        await announced(kit_database, clock, *registered({"a": 3, "b": 2}))
        await until_published(kit_database, seconds=30)
    assert sorted({tuple(dict.fromkeys(found)) for found in versions(await everything(rig)).values()}) == [
        (1, 2),
        (1, 2, 3),
    ]


async def test_a_passing_error_of_the_broker_loses_nothing(
    rig: EmbeddedRig, kit_database: Database, clock: FrozenClock
) -> None:
    await rig.broker.order(f"fail {PRODUCE} {NOT_ENOUGH_REPLICAS} 3")
    await announced(kit_database, clock, *registered({"a": 3}))
    async with running(a_relay(kit_database, rig.bus)):
        await until_published(kit_database, seconds=30)
    assert list(versions(await everything(rig)).values()) == [[1, 2, 3]]


async def test_a_broker_that_is_away_while_people_write_loses_nothing(
    rig: EmbeddedRig, kit_database: Database, clock: FrozenClock
) -> None:
    async with running(a_relay(kit_database, rig.bus)):
        await announced(kit_database, clock, *registered({"a": 2}))
        await until_published(kit_database)
        await rig.down()
        await announced(kit_database, clock, *registered({"b": 3, "c": 2}))
        await asyncio.sleep(3)
        assert await unpublished(kit_database) == 5
        await rig.up()
        await until_published(kit_database, seconds=40)
    found = versions(await everything(rig))
    assert sorted(tuple(dict.fromkeys(sequence)) for sequence in found.values()) == [(1, 2), (1, 2), (1, 2, 3)]


async def test_a_new_empty_broker_gets_the_retained_rows(
    rig: EmbeddedRig, kit_database: Database, clock: FrozenClock
) -> None:
    first = await rig.bus.cluster_id()
    async with running(a_relay(kit_database, rig.bus, pacer=Pacer(rig.bus))):
        await announced(kit_database, clock, *registered({"a": 3, "b": 2}))
        await until_published(kit_database)
        await rig.broker.replace()

        async def carried() -> bool:
            return sum((await rig.bus.end_offsets(PERSONS)).values()) >= 5 and await unpublished(kit_database) == 0

        await until(carried, seconds=30)
    assert await rig.bus.cluster_id() != first
    assert sorted(versions(await everything(rig)).values()) == [[1, 2], [1, 2, 3]]


@pytest.mark.chaos
async def test_a_relay_that_is_killed_between_send_and_mark_loses_and_swaps_nothing(
    rig: EmbeddedRig, kit_database: Database, service_database: ServiceDatabase, clock: FrozenClock
) -> None:
    await announced(kit_database, clock, *registered({"a": 3, "b": 2}))
    for _ in range(2):
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.shared.relay_that_dies"),
            *(raw_dsn(service_database.service_url), rig.broker.bootstrap),
        )
        async with asyncio.timeout(30):
            assert await child.wait() == -9
    assert await unpublished(kit_database) == 5
    async with running(a_relay(kit_database, rig.bus)):
        await until_published(kit_database, seconds=30)
    found = versions(await everything(rig))
    assert sorted(found.values()) == [[1, 2] * 3, [1, 2, 3] * 3]


async def test_pacing_waits_for_committed_offsets_on_the_broker(
    rig: EmbeddedRig, kit_database: Database, clock: FrozenClock
) -> None:
    readers = TOPICS["registry.person"].readers
    relay = a_relay(kit_database, rig.bus, batch=20, pacer=Pacer(rig.bus, budget=15_000))
    await announced(kit_database, clock, *registered({str(n): 4 for n in range(40)}))
    async with running(relay):

        async def stuck() -> bool:
            before = await unpublished(kit_database)
            await asyncio.sleep(0.5)
            return 0 < before == await unpublished(kit_database) < 160

        await until(stuck, seconds=20)
        for reader in readers:
            consumer = rig.bus.consumer(reader)
            consumer.assign([TopicPartition(PERSONS, number) for number in range(4)])
            await consumer.start()
            await consumer.commit({TopicPartition(PERSONS, number): 10_000 for number in range(4)})
            await consumer.stop()
        await until_published(kit_database, seconds=20)
    assert list(versions(await everything(rig)).values()) == [[1, 2, 3, 4]] * 40
