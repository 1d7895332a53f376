"""How Kafka's clients are built, and what the sender makes of topics that are not there."""

import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka.cluster import ClusterMetadata

from shared.messaging.bus.embedded import TIMEOUTS, PatientAssignor
from shared.messaging.bus.interface import BusUnavailable, SendFailed, Sent, TopicRefused
from shared.messaging.bus.kafka import KafkaBus, connection_arguments
from shared.messaging.bus.timeouts import STANDARD, Timeouts
from shared.settings import BrokerProfile
from shared.testing.broker import free_port
from tests.shared.buses import RealRig, a_message, kafka_settings, real_rig


def test_the_times_are_those_under_which_aiokafka_rejoins() -> None:
    standard, embedded = STANDARD, TIMEOUTS
    assert (standard.session, standard.heartbeat, standard.rebalance, standard.request) == (30, 3, 45, 60)
    assert (embedded.session, embedded.heartbeat, embedded.rebalance, embedded.request) == (6, 1.5, 10, 15)
    assert standard.max_poll == embedded.max_poll == 300


@pytest.mark.parametrize(
    "wrong",
    [
        {"session": 30, "heartbeat": 3, "rebalance": 45, "request": 45},
        {"session": 30, "heartbeat": 3, "rebalance": 29, "request": 60},
        {"session": 30, "heartbeat": 10, "rebalance": 45, "request": 60},
    ],
)
def test_other_times_are_refused_at_the_start(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="request > rebalance >= session > 3 x heartbeat"):
        Timeouts(**wrong, fetch_wait=0.5)


async def test_consumers_never_commit_by_themselves_and_begin_at_the_beginning() -> None:
    bus = KafkaBus(kafka_settings("127.0.0.1:1", BrokerProfile.STANDARD), client_id="test")
    consumer = bus.consumer("group", ["topic"])
    found = vars(consumer)
    assert found["_enable_auto_commit"] is False
    assert found["_auto_offset_reset"] == "earliest"
    assert found["_isolation_level"] == "read_committed"
    assert found["_session_timeout_ms"] == 30_000
    assert found["_rebalance_timeout_ms"] == 45_000
    await consumer.stop()


def test_the_leader_of_a_group_waits_on_the_embedded_broker() -> None:
    members = {name: PatientAssignor.metadata(["topic"]) for name in ("a", "b")}
    began = time.perf_counter()
    assert set(PatientAssignor.assign(ClusterMetadata(), members)) == {"a", "b"}
    assert time.perf_counter() - began >= 0.05
    began = time.perf_counter()
    PatientAssignor.assign(ClusterMetadata(), {"a": members["a"]})
    assert time.perf_counter() - began < 0.05


def test_security_comes_from_the_settings(tmp_path: Path) -> None:
    plain = kafka_settings("broker:9092", BrokerProfile.STANDARD)
    assert connection_arguments(plain) == {"bootstrap_servers": "broker:9092", "security_protocol": "PLAINTEXT"}
    values = plain.model_dump() | {"kafka_security": "SASL_SSL", "kafka_username": "u", "kafka_password": "s3cret"}
    arguments = connection_arguments(type(plain).model_validate(values))
    assert (arguments["sasl_mechanism"], arguments["sasl_plain_username"]) == ("SCRAM-SHA-512", "u")
    assert arguments["sasl_plain_password"] == "s3cret"
    assert isinstance(arguments["ssl_context"], ssl.SSLContext)


async def test_a_broker_that_is_not_there_is_said_so_in_bounded_time() -> None:
    bus = KafkaBus(kafka_settings(f"127.0.0.1:{free_port()}", BrokerProfile.EMBEDDED), client_id="test")
    with pytest.raises(BusUnavailable):
        await bus.cluster_id()
    sender = bus.sender()
    (outcome,) = await sender.send([a_message("topic", "k", "v")])
    assert isinstance(outcome, SendFailed)
    await sender.close()
    await bus.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealRig]:
    async with real_rig(tmp_path_factory.mktemp("kafka")) as real:
        yield real


@pytest.mark.kafka
async def test_a_topic_that_is_not_there_holds_up_no_other(rig: RealRig) -> None:
    """aiokafka would wait for it for a minute, and everything else with it."""
    topic = await rig.topic(1)
    sender = rig.bus.sender()
    for _ in range(2):
        began = time.perf_counter()
        outcomes = await sender.send([a_message("nowhere", "k", "1"), a_message(topic, "k", "2")])
        assert isinstance(outcomes[0], TopicRefused)
        assert isinstance(outcomes[1], Sent)
        assert time.perf_counter() - began < 10
    await sender.close()


@pytest.mark.kafka
async def test_a_topic_that_is_not_there_has_no_partitions(rig: RealRig) -> None:
    with pytest.raises(BusUnavailable, match="nowhere"):
        await rig.bus.partitions("nowhere")
