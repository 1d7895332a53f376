"""Topics of a service, created or checked by `migrate`. The embedded broker creates its topics itself."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog
from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.contracts.catalogue import TOPICS, TopicKind, dead_letter_topic
from shared.kafka_security import known_by
from shared.messaging.bus.interface import BusUnavailable
from shared.messaging.bus.kafka import KafkaBus
from shared.settings import BrokerProfile, ServiceSettings

log = structlog.get_logger(__name__)

ALREADY_EXISTS = 36
NOT_AUTHORISED = (29, 31)
"""Codes of Kafka: for the topic, for the cluster."""
PATIENCE = 15
FOREVER = "-1"
FROM_STRANGERS = {"compression.type": "uncompressed", "max.message.bytes": "1048588"}
"""The broker takes compressed batches apart and measures them again: none of a few bytes grows to gigabytes here."""


class TopicMismatch(Exception):
    """Error: a topic differs from the catalogue. The message says what to do."""


@dataclass(frozen=True)
class Wanted:
    """Topic as it has to be: name, partitions, configuration."""

    name: str
    partitions: int
    config: Mapping[str, str]


class Naming(Protocol):
    """Naming of topics and groups in one deployment. `ServiceSettings` is one."""

    @property
    def topic_partitions(self) -> int | None: ...
    def topic(self, name: str) -> str: ...
    def group(self, service: str) -> str: ...


def wanted_topics(naming: Naming, service: str) -> list[Wanted]:
    """Topics for `migrate`: those that the service owns, inbound ones that it reads, dead letters of its groups."""
    found = []
    for topic in TOPICS.values():
        name = naming.topic(topic.name)
        if topic.keeper == service:
            retention = FOREVER if topic.retention is None else str(int(topic.retention.total_seconds() * 1000))
            config = {"cleanup.policy": "compact" if topic.compacted else "delete", "retention.ms": retention}
            config |= FROM_STRANGERS if topic.kind is TopicKind.INBOUND else {}
            found.append(Wanted(name, naming.topic_partitions or topic.partitions, config))
        if service in topic.readers:
            letters = dead_letter_topic(name, naming.group(topic.reading_group(service)))
            found.append(Wanted(letters, 1, {"cleanup.policy": "delete"}))
    return found


async def ensure_topics(settings: ServiceSettings, service: str) -> None:
    """Create missing topics, check existing ones. Raises TopicMismatch or BusUnavailable."""
    if settings.broker_profile is BrokerProfile.EMBEDDED:
        return
    bus = KafkaBus(settings, client_id=f"{service}-migrate")
    try:
        wanted = wanted_topics(settings, service)
        existing = set(await bus.ask("list_topics"))
        missing = [topic for topic in wanted if topic.name not in existing]
        made = await _create(bus, missing, settings) if missing else frozenset()
        for topic in wanted:
            if topic.name not in made:
                await check_topic(bus, topic, settings)
    finally:
        await bus.close()


async def _create(bus: KafkaBus, missing: list[Wanted], settings: ServiceSettings) -> frozenset[str]:
    """Create topics; the names of those that we created: another migrator may have been faster with some."""
    answer = await bus.ask(
        "create_topics",
        [
            NewTopic(topic.name, topic.partitions, settings.topic_replication, topic_configs=dict(topic.config))
            for topic in missing
        ],
    )
    made = set()
    for name, code, *reason in answer.topic_errors:
        if code in NOT_AUTHORISED:
            raise TopicMismatch(
                f"topic {name} does not exist, or the user of {known_by(settings)} may not see it; that user may not"
                " create it either: have it made, or give the user its rules"
            )
        if code not in (0, ALREADY_EXISTS):
            raise TopicMismatch(f"topic {name} could not be created: {reason[0] if reason else code}")
        if code == 0:
            made.add(name)
    log.info("topics_created", topics=sorted(made))
    return frozenset(made)


async def check_topic(bus: KafkaBus, topic: Wanted, settings: ServiceSettings) -> None:
    """Compare an existing topic with the catalogue. Raises TopicMismatch or BusUnavailable."""
    partitions = await _partitions(bus, topic.name)
    if partitions != topic.partitions:
        raise TopicMismatch(
            f"topic {topic.name} has {partitions} partitions and {topic.partitions} are wanted: keys would move between"
            " partitions; set XIANGLI_TOPIC_PARTITIONS to what is there, or publish into a new topic prefix"
        )
    (answer,) = await bus.ask("describe_configs", [ConfigResource(ConfigResourceType.TOPIC, topic.name)])
    if answer.resources[0][0] in NOT_AUTHORISED:
        raise TopicMismatch(
            f"the user of {known_by(settings)} may not read the configuration of topic {topic.name}: give it"
            " DescribeConfigs there"
        )
    config = {entry[0]: entry[1] for resource in answer.resources for entry in resource[4]}
    policy = config.get("cleanup.policy")
    if policy != topic.config["cleanup.policy"]:
        raise TopicMismatch(
            f"topic {topic.name} has cleanup.policy={policy} and {topic.config['cleanup.policy']} is wanted:"
            " alter it before states are lost"
        )


async def _partitions(bus: KafkaBus, name: str) -> int:
    """A topic that somebody made a moment ago is not known at once to every broker."""
    for _ in range(PATIENCE):
        try:
            return await bus.partitions(name)
        except BusUnavailable:
            await asyncio.sleep(0.2)
    return await bus.partitions(name)
