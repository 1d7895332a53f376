"""`migrate` makes the topics of the catalogue on a real broker, and says clearly what is wrong with those it finds."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.contracts.catalogue import INBOUND_TOPICS, STATE_TOPICS, TOPICS
from shared.messaging.bus.interface import BusUnavailable
from shared.messaging.bus.topics import TopicMismatch, ensure_topics, wanted_topics
from shared.settings import BrokerProfile, ServiceSettings
from shared.testing.broker import free_port
from tests.shared.buses import RealRig, kafka_settings, real_rig


def settings(bootstrap: str, **more: Any) -> ServiceSettings:
    return kafka_settings(bootstrap, BrokerProfile.STANDARD).model_copy(update=more)


def test_a_service_wants_its_own_topics_and_the_dead_letters_of_what_it_reads() -> None:
    wanted = {
        topic.name: topic for topic in wanted_topics(settings("x:1", topic_prefix="c.", group_prefix="g-"), "grid")
    }
    own = {"c." + topic.name for topic in TOPICS.values() if topic.owner == "grid"} | {"c.county.inbound.requests"}
    letters = {f"c.{topic.name}.dlq.g-grid" for topic in STATE_TOPICS.values() if "grid" in topic.readers}
    letters.add("c.county.inbound.requests.dlq.g-grid.inbound")
    assert set(wanted) == own | letters
    few = {"c.grid.checksums_restricted", "c.grid.checksum_questions_restricted"}
    assert {wanted[name].partitions for name in own - few} == {16}
    assert {wanted[name].partitions for name in few} == {1}
    assert {wanted[name].partitions for name in letters} == {1}


def test_states_are_compacted_and_kept_for_ever() -> None:
    assert all(topic.compacted and topic.retention is None for topic in STATE_TOPICS.values())
    (first, *_) = wanted_topics(settings("x:1"), "registry")
    assert first.config == {"cleanup.policy": "compact", "retention.ms": "-1"}


def test_what_the_county_sends_is_kept_for_a_week_and_made_by_the_service_that_reads_it() -> None:
    assert INBOUND_TOPICS
    for topic in INBOUND_TOPICS.values():
        (wanted,) = [one for one in wanted_topics(settings("x:1"), topic.readers[0]) if one.name == topic.name]
        assert wanted.config == {
            "cleanup.policy": "delete",
            "retention.ms": "604800000",
            "compression.type": "uncompressed",
            "max.message.bytes": "1048588",
        }


async def test_the_embedded_broker_makes_its_own() -> None:
    nobody_there = kafka_settings(f"127.0.0.1:{free_port()}", BrokerProfile.EMBEDDED)
    await ensure_topics(nobody_there, "registry")


async def test_a_broker_that_is_away_is_said_so() -> None:
    with pytest.raises(BusUnavailable):
        await ensure_topics(settings(f"127.0.0.1:{free_port()}"), "registry")


def test_a_retention_is_told_in_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    values = TOPICS["indicators.value"]
    kept = type(values)(values.noun, values.name, compacted=False, retention=timedelta(days=7))
    monkeypatch.setitem(TOPICS, "indicators.value", kept)
    (topic,) = [one for one in wanted_topics(settings("x:1"), "indicators") if one.name == values.name]
    assert topic.config == {"cleanup.policy": "delete", "retention.ms": "604800000"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealRig]:
    async with real_rig(tmp_path_factory.mktemp("kafka")) as real:
        yield real


@pytest.mark.kafka
async def test_missing_topics_are_created_and_the_second_time_nothing_happens(rig: RealRig) -> None:
    chosen = settings(rig.bootstrap, topic_prefix="one.", topic_partitions=3)
    await ensure_topics(chosen, "registry")
    await ensure_topics(chosen, "registry")
    assert await rig.bus.partitions("one.registry.persons") == 3
    assert await rig.bus.partitions("one.grid.grids.dlq.registry") == 1
    resource = ConfigResource(ConfigResourceType.TOPIC, "one.registry.persons")
    (answer,) = await rig.kafka.ask("describe_configs", [resource])
    config = {entry[0]: entry[1] for entry in answer.resources[0][4]}
    assert (config["cleanup.policy"], config["retention.ms"]) == ("compact", "-1")


@pytest.mark.kafka
async def test_another_number_of_partitions_is_refused_in_one_sentence(rig: RealRig) -> None:
    await ensure_topics(settings(rig.bootstrap, topic_prefix="two.", topic_partitions=2), "registry")
    with pytest.raises(TopicMismatch, match=r"topic two\.registry\.\w+ has 2 partitions and 5 are wanted"):
        await ensure_topics(settings(rig.bootstrap, topic_prefix="two.", topic_partitions=5), "registry")


@pytest.mark.kafka
async def test_a_state_topic_that_forgets_is_refused(rig: RealRig) -> None:
    forgets = NewTopic("three.indicators.values", 2, 1, topic_configs={"cleanup.policy": "delete"})
    await rig.kafka.ask("create_topics", [forgets])
    with pytest.raises(TopicMismatch, match=r"has cleanup\.policy=delete and compact is wanted"):
        await ensure_topics(settings(rig.bootstrap, topic_prefix="three.", topic_partitions=2), "indicators")


@pytest.mark.kafka
async def test_more_replicas_than_brokers_are_told(rig: RealRig) -> None:
    with pytest.raises(TopicMismatch, match="could not be created"):
        await ensure_topics(settings(rig.bootstrap, topic_prefix="four.", topic_replication=3), "indicators")
