"""The rules on a real Kafka: what each user may and may not do with every topic and every group of the catalogue.

Two deployments share the node, as two counties of a province do. What is expected is computed here from the catalogue,
not taken from the rules.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from aiokafka.structs import TopicPartition
from confluent_kafka import Consumer as StockConsumer
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaError, KafkaException, Message, Producer
from confluent_kafka import TopicPartition as StockPartition
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from deploy.kafka.access import Names, county_user, service_rules
from deploy.kafka.node import SecureKafka
from deploy.kafka.server import Ports
from shared.contracts.asyncapi import SERVICES
from shared.contracts.catalogue import COUNTY, TOPICS, dead_letter_topic
from shared.messaging.bus.interface import Sent, TopicRefused
from shared.messaging.bus.kafka import KafkaBus
from shared.messaging.bus.topics import TopicMismatch, ensure_topics, wanted_topics
from shared.settings import BrokerProfile, ServiceSettings
from shared.testing.broker import free_port
from tests.shared.buses import a_message, kafka_settings, security

pytestmark = [pytest.mark.kafka, pytest.mark.xdist_group("access")]

HERE = Names("450481.", "450481.", topic_partitions=1)
THERE = Names("450422.", "450422.", topic_partitions=1)
COUNTIES = ("hotline", "roads")
PERMITTED = {"roads": ("registry.restricted_tag",)}
"""Whose rules have the explicit line."""
NOT_ALLOWED = ("TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED", "CLUSTER_AUTHORIZATION_FAILED")


class Topic(NamedTuple):
    """A topic of one of the two deployments. `writer` and `readers`: services; `county` is any county system."""

    name: str
    writer: str
    readers: frozenset[str]


def topics_of(names: Names) -> Iterator[Topic]:
    for topic in TOPICS.values():
        readers = set(topic.readers) | ({COUNTY} if topic.published else set())
        readers |= {name for name, nouns in PERMITTED.items() if topic.noun in nouns}
        yield Topic(names.topic(topic.name), topic.owner, frozenset(readers))
        for reader in topic.readers:
            letters = dead_letter_topic(names.topic(topic.name), names.group(topic.reading_group(reader)))
            yield Topic(letters, reader, frozenset())


ALL_TOPICS = [*topics_of(HERE), *topics_of(THERE)]


@dataclass(frozen=True)
class World:
    kafka: SecureKafka

    def user(self, who: str) -> str:
        return HERE.user(who) if who in SERVICES else county_user(who, HERE)

    def settings(self, who: str, **more: Any) -> ServiceSettings:
        given = security(self.kafka.settings_for(self.user(who)))
        named = {"topic_prefix": HERE.topic_prefix, "group_prefix": HERE.group_prefix, "topic_partitions": 1}
        return kafka_settings(self.kafka.bootstrap, BrokerProfile.STANDARD, **given, **(named | more))

    def stock(self, who: str, **more: Any) -> dict[str, Any]:
        return {**self.kafka.client_settings(self.user(who)), "log_level": 0, **more}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Topics are there, as Strimzi would have made them; services may not create any."""
    ports = Ports(client=free_port(), controller=free_port())
    folder = tmp_path_factory.mktemp("guarded")
    kafka = SecureKafka(folder, ports, certificates=free_port(), names=HERE, creates=False)
    try:
        await asyncio.to_thread(_prepare, kafka)
        yield World(kafka)
    finally:
        await asyncio.to_thread(kafka.kill)


def _prepare(kafka: SecureKafka) -> None:
    kafka.start()
    for name in COUNTIES:
        kafka.county_user(name, also_reads=PERMITTED.get(name, ()))
    wanted = {topic.name: topic for names in (HERE, THERE) for one in SERVICES for topic in wanted_topics(names, one)}
    admin = kafka.admin()
    new = [NewTopic(topic.name, topic.partitions, 1, config=dict(topic.config)) for topic in wanted.values()]
    made = admin.create_topics(new)
    for done in made.values():
        done.result(timeout=30)
    assert set(wanted) == {topic.name for topic in ALL_TOPICS}
    producer = Producer({**kafka.client_settings("admin"), "log_level": 0})
    for topic in ALL_TOPICS:
        producer.produce(topic.name, key=b"k", value=b"of the administrator")
    assert producer.flush(30) == 0


def visible(world: World, who: str) -> set[str]:
    """The topics that a user sees: who may not see a topic may not read it either."""
    there = AdminClient(world.stock(who)).list_topics(timeout=20).topics
    return {name for name in there if not name.startswith("__")}


def refused(done: "Future[Any]") -> bool:
    try:
        done.result(timeout=20)
    except KafkaException as error:
        return error.args[0].name() in NOT_ALLOWED
    return False


def groups() -> Iterator[tuple[str, str]]:
    """Every group that is used, and its user; and some that look like theirs."""
    for names in (HERE, THERE):
        here = names is HERE
        for service in SERVICES:
            yield names.group(service), service if here else ""
        yield names.group("grid.inbound"), "grid" if here else ""
        yield names.group("indicators.rebuild"), "indicators" if here else ""
        for name in COUNTIES:
            yield names.group(f"county.{name}.mirror"), name if here else ""
    yield "registry", ""
    yield HERE.group("gridiron"), ""
    yield HERE.group("county.hotlines.mirror"), ""
    yield HERE.group("county.mirror"), ""


GROUPS = dict(groups())
SOMETHING_READ = {
    "registry": "grid.grids",
    "services_hall": "registry.areas",
    "grid": "registry.areas",
    "indicators": "registry.areas",
    "hotline": "indicators.values",
    "roads": "indicators.values",
}


EVERYBODY = (*SERVICES, *COUNTIES)


@pytest.mark.parametrize("who", EVERYBODY)
def test_writing(world: World, who: str) -> None:
    outcomes: dict[str | None, str | None] = {}

    def delivered(error: KafkaError | None, message: Message) -> None:
        outcomes[message.topic()] = None if error is None else error.name()

    producer = Producer(world.stock(who, **{"message.timeout.ms": 15_000, "enable.idempotence": True}))
    for topic in ALL_TOPICS:
        producer.produce(
            topic.name,
            key=b"k",
            value=b"v",
            on_delivery=delivered,
        )
    assert producer.flush(60) == 0
    own = who if who in SERVICES else COUNTY
    for topic in ALL_TOPICS:
        allowed = topic.writer == own and topic.name.startswith(HERE.topic_prefix)
        assert outcomes[topic.name] == (None if allowed else "TOPIC_AUTHORIZATION_FAILED"), topic.name


@pytest.mark.parametrize("who", EVERYBODY)
def test_reading(world: World, who: str) -> None:
    """Of topics that it does not even see, see the test below."""
    group = next(group for group, owner in GROUPS.items() if owner == who)
    consumer = StockConsumer(world.stock(who, **{"group.id": group, "enable.auto.commit": False}))
    mine = {who} if who in SERVICES else {COUNTY, who}
    here = [topic for topic in ALL_TOPICS if topic.name.startswith(HERE.topic_prefix)]
    expected = {topic.name for topic in here if topic.readers & mine}
    if who in SERVICES:  # after a restore an owner looks what it has told
        expected |= {HERE.topic(topic.name) for topic in TOPICS.values() if topic.owner == who}
    found: dict[str | None, bool] = {}
    seen = visible(world, who)
    consumer.assign([StockPartition(name, 0, 0) for name in seen])
    until = time.monotonic() + 60
    while len(found) < len(seen) and time.monotonic() < until:
        message = consumer.poll(1)
        if message is not None:
            error = message.error()
            assert error is None or error.name() == "TOPIC_AUTHORIZATION_FAILED", error
            found[message.topic()] = error is None
    consumer.close()
    assert set(found) == seen
    assert {name for name, allowed in found.items() if allowed} == expected


@pytest.mark.parametrize("who", EVERYBODY)
def test_groups(world: World, who: str) -> None:
    """Committing needs what joining needs: Read on the group."""
    admin = AdminClient(world.stock(who))
    lane = StockPartition(HERE.topic(SOMETHING_READ[who]), 0, 1)
    allowed = {
        group
        for group in GROUPS
        for done in admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, [lane])]).values()
        if not refused(done)
    }
    assert allowed == {group for group, owner in GROUPS.items() if owner == who}


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_makes_unmakes_or_changes_topics_or_rules(world: World, who: str) -> None:
    admin = AdminClient(world.stock(who))
    names = [topic.name for topic in ALL_TOPICS]
    for done in admin.delete_topics(names, operation_timeout=10).values():
        assert refused(done)
    for done in admin.create_topics(
        [NewTopic(HERE.topic("county.inbound.mine"), 1, 1), NewTopic("mine", 1, 1)]
    ).values():
        assert refused(done)
    anything = (ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY)
    everything = AclBindingFilter(*anything)  # type: ignore[arg-type]  # None is any name
    assert admin.describe_acls(everything).result(timeout=20) == []
    for done in admin.delete_acls([everything]).values():
        assert refused(done)


@pytest.mark.parametrize("who", EVERYBODY)
def test_one_sees_no_topic_but_those_one_has_to_do_with(world: World, who: str) -> None:
    mine = {who} if who in SERVICES else {COUNTY, who}
    kept = {HERE.topic(topic.name) for topic in TOPICS.values() if topic.keeper == who}
    expected = kept | {
        topic.name
        for topic in ALL_TOPICS
        if topic.name.startswith(HERE.topic_prefix) and (topic.readers & mine or topic.writer in mine)
    }
    assert visible(world, who) == expected
    admin = AdminClient(world.stock(who))
    for topic in ALL_TOPICS:
        error = admin.list_topics(topic=topic.name, timeout=20).topics[topic.name].error
        if topic.name in expected:
            assert error is None, topic.name
        else:
            assert error is not None, topic.name
            assert error.name() == "TOPIC_AUTHORIZATION_FAILED", topic.name


@contextlib.asynccontextmanager
async def bus_of(world: World, who: str, **more: Any) -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(world.settings(who, **more), client_id="matrix")
    try:
        yield bus
    finally:
        await bus.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_does_its_work_with_these_rules(world: World, service: str) -> None:
    """With our own clients: the check of `migrate`, every topic written, every topic read in the right group."""
    await ensure_topics(world.settings(service), service)
    async with bus_of(world, service) as bus:
        assert await bus.cluster_id()
        sender = bus.sender()
        own = [topic.name for topic in ALL_TOPICS if topic.writer == service and topic.name.startswith("450481.")]
        outcomes = await sender.send([a_message(name, "k", "v") for name in own])
        await sender.close()
        assert all(isinstance(outcome, Sent) for outcome in outcomes), outcomes
        by_group: dict[str, list[str]] = {}
        for topic in TOPICS.values():
            if service in topic.readers:
                by_group.setdefault(HERE.group(topic.reading_group(service)), []).append(HERE.topic(topic.name))
        for group, names in by_group.items():
            await _read_and_commit(bus, group, names)


async def _read_and_commit(bus: KafkaBus, group: str, names: Iterable[str]) -> None:
    wanted = set(names)
    consumer = bus.consumer(group, sorted(wanted))
    await consumer.start()
    try:
        seen: set[str] = set()
        async with asyncio.timeout(40):
            while seen < wanted:
                for lane, records in (await consumer.getmany(timeout_ms=200)).items():
                    seen.add(lane.topic)
                    await consumer.commit({lane: records[-1].offset + 1})
        lanes = [TopicPartition(name, 0) for name in wanted]
        assert set(await bus.group_offsets(group, lanes)) == set(lanes)
        assert await bus.partitions(lanes[0].topic) == 1
        assert (await bus.end_offsets(lanes[0].topic))[lanes[0]] > 0
    finally:
        await consumer.stop()


async def test_a_topic_that_may_not_be_written_holds_up_no_other(world: World) -> None:
    async with bus_of(world, "grid") as bus:
        sender = bus.sender()
        own, foreign, unseen = "450481.grid.visits", "450481.registry.persons", "450422.grid.visits"
        for _ in range(2):
            outcomes = await sender.send([a_message(name, "k", "v") for name in (foreign, own, unseen)])
            assert isinstance(outcomes[0], TopicRefused)
            assert isinstance(outcomes[1], Sent)
            assert isinstance(outcomes[2], TopicRefused)
        await sender.close()


def deployment(world: World, names: Names, given: dict[str, str]) -> ServiceSettings:
    named = {"topic_prefix": names.topic_prefix, "group_prefix": names.group_prefix, "topic_partitions": 1}
    return kafka_settings(world.kafka.bootstrap, BrokerProfile.STANDARD, **(given | named))


async def test_a_service_that_may_create_makes_exactly_its_own_topics(world: World) -> None:
    names = Names("new.", "new.", topic_partitions=1)
    for service in SERVICES:
        rules = service_rules(service, names, creates=True)
        await asyncio.to_thread(world.kafka.add_user, names.user(service), rules)
        given = security(world.kafka.settings_for(names.user(service)))
        settings = deployment(world, names, given)
        await ensure_topics(settings, service)
        await ensure_topics(settings, service)
        admin = AdminClient({**world.kafka.client_settings(names.user(service)), "log_level": 0})
        for done in admin.create_topics([NewTopic("new.mine", 1, 1)]).values():
            assert refused(done)
    there = {name for name in world.kafka.admin().list_topics(timeout=20).topics if name.startswith("new.")}
    assert there == {topic.name for service in SERVICES for topic in wanted_topics(names, service)}


async def test_migrate_says_what_is_missing_where_it_may_not_create(world: World) -> None:
    user = THERE.user("indicators")
    rules = [rule for rule in service_rules("indicators", THERE) if not rule.name.endswith("indicators.values")]
    await asyncio.to_thread(world.kafka.add_user, user, rules)
    given = security(world.kafka.settings_for(user))
    settings = deployment(world, THERE, given)
    with pytest.raises(TopicMismatch, match=r"topic 450422\.indicators\.values .* XIANGLI_KAFKA_USERNAME"):
        await ensure_topics(settings, "indicators")
