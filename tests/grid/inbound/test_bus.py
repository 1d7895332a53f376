"""The whole hostile suite at once, written by a stock client: on the embedded broker and on real Kafka."""

import asyncio
import struct
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c
from confluent_kafka import Producer

from services.grid.grids.domain import GridIndex
from services.grid.inbound.consumers import receivers
from services.grid.settings import Settings
from shared.contracts.grid.inbound_outcomes import InboundOutcomeState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.bus.topics import ensure_topics
from shared.messaging.inbound.factory import WorkerParts, inbound_runner
from shared.messaging.inbound.receiver import InboundDoor
from shared.settings import BrokerProfile
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.settings import settings_for
from tests.grid.hostile import HOSTILE
from tests.grid.hotline import KEYS, SOURCE, TOPIC, Hotline, Sent, a_request, binary
from tests.shared.buses import EmbeddedRig, RealRig, embedded_rig, real_rig
from tests.shared.consuming import QUICK, running, until_is

pytestmark = pytest.mark.usefixtures("grids")
Place = tuple[int, int]


@pytest_asyncio.fixture(
    loop_scope="session",
    params=[
        pytest.param("embedded", marks=pytest.mark.embedded),
        pytest.param("real", marks=pytest.mark.kafka),
    ],
)
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[EmbeddedRig | RealRig]:
    """A broker of the test's own: no other group works on it."""
    if request.param == "embedded":
        async with embedded_rig() as embedded:
            yield embedded
    else:
        async with real_rig(tmp_path) as real:
            yield real


@pytest.fixture
def settings(rig: EmbeddedRig | RealRig, service_database: ServiceDatabase) -> Settings:
    found = settings_for(
        "grid",
        service_database.service_url,
        kafka_bootstrap=rig.bootstrap,
        broker_profile=rig.profile,
        topic_partitions=4,
    )
    assert isinstance(found, Settings)
    return found


def produced(bootstrap: str, sent: Sequence[Sent], **configuration: Any) -> list[Place]:
    """Where librdkafka, as any county's client would, put them; in order. A hostile one may lie on any partition."""
    places: list[Place] = []
    producer = Producer({"bootstrap.servers": bootstrap, "message.max.bytes": 1_000_000, **configuration})

    def told(error: object, message: Any) -> None:
        assert error is None, error
        places.append((message.partition(), message.offset()))

    for one in sent:
        producer.produce(TOPIC, one.value, key=one.key, headers=list(one.headers), partition=0, on_delivery=told)
    producer.flush(30)
    return places


async def unspeakable(bootstrap: str) -> Place:
    """A record with a header whose name is no UTF-8: no client would write it, so the bytes are changed on the way."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        batch = producer.create_batch()
        batch.append(key=None, value=b"{}", timestamp=None, headers=[("zz", b"y")])
        batch.close()
        body = bytes(batch._build())[21:].replace(b"zz", b"\xc3\x28")
        written = bytes(batch._build())[:17] + struct.pack(">I", calc_crc32c(body)) + body
        batch._build = lambda: written
        sent = await (await producer.send_batch(batch, TOPIC, partition=0))
        return (sent.partition, sent.offset)
    finally:
        await producer.stop()


async def test_every_record_of_a_stranger_is_answered_and_every_good_request_between_them_is_taken(
    rig: EmbeddedRig | RealRig,
    settings: Settings,
    committed: Database,
    clock: FrozenClock,
    crypto: Crypto,
    hotline: Hotline,
) -> None:
    await ensure_topics(settings, "grid")
    door = InboundDoor(receivers(GridIndex()), KEYS, frozenset({SOURCE}), 10_000, settings.inbound_max_bytes)
    runner = inbound_runner("grid", settings, door, WorkerParts(committed, rig.bus, crypto, clock, QUICK))

    async def answered() -> int:
        return len({(state.partition, state.offset) for _, state in await hotline.outcomes()})

    expected: dict[Place, str | None] = {}
    codes = [code for code, _ in HOSTILE.values()]
    records = [record for _, build in HOSTILE.values() for record in (build(), binary(a_request()))]
    places = await asyncio.to_thread(produced, rig.bootstrap, records)
    expected |= dict(zip(places[::2], codes, strict=True)) | dict.fromkeys(places[1::2])
    # what this client cannot take apart at all
    expected[await unspeakable(rig.bootstrap)] = "unreadable"
    embedded = rig.profile is BrokerProfile.EMBEDDED  # there nobody takes a batch apart before us
    for codec in ("lz4", "zstd"):
        squeezed = await asyncio.to_thread(
            produced, rig.bootstrap, [binary(a_request())], **{"compression.type": codec}
        )
        expected |= dict.fromkeys(squeezed, "unreadable" if embedded else None)
        expected |= dict.fromkeys(await asyncio.to_thread(produced, rig.bootstrap, [binary(a_request())]))
    async with running(runner):
        await until_is(answered, len(expected), 120)
        again = await asyncio.to_thread(produced, rig.bootstrap, [binary(a_request())])
        expected |= dict.fromkeys(again)
        await until_is(answered, len(expected))
    assert {place: code for place, code in (await answers(hotline)).items() if expected[place] != code} == {}
    assert not runner.halted


async def answers(hotline: Hotline) -> dict[Place, str | None]:
    found: dict[Place, InboundOutcomeState] = {
        (state.partition, state.offset): state for _, state in await hotline.outcomes()
    }
    return {place: state.code for place, state in found.items()}
