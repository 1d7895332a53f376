"""THE list of topics. `migrate` creates or checks them; nothing else names one."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shared.contracts import grid, indicators, registry, services_hall  # noqa: F401  (fills the tables of facts and states)
from shared.contracts.county import INBOUND
from shared.contracts.envelope import STATES

COUNTY = "county"
"""The owner of what county systems send in: none of our services."""


class TopicKind(StrEnum):
    """`states`: a service announces a noun's states. `inbound`: county systems send in, untrusted, kept for a time."""

    STATES = "states"
    INBOUND = "inbound"


@dataclass(frozen=True)
class Topic:
    """One noun's topic. State topics are compacted and have no retention: the last state of a key stays for ever."""

    noun: str
    name: str
    readers: tuple[str, ...] = ()  # services that read it: on the embedded broker the relay waits for the slowest
    compacted: bool = True
    retention: timedelta | None = None
    embedded_partitions: int = 4
    partitions: int = 16
    kind: TopicKind = TopicKind.STATES
    published: bool = True  # county systems may read it; where not, each reader is granted it by name

    @property
    def owner(self) -> str:
        return self.noun.split(".", 1)[0]

    @property
    def keeper(self) -> str:
        """The service whose `migrate` makes it: the owner; of an inbound topic, which has one reader, that one."""
        return self.owner if self.kind is TopicKind.STATES else self.readers[0]

    def reading_group(self, reader: str) -> str:
        """The consumer group of a reading service, without the deployment's prefix: inbound topics have their own."""
        return reader if self.kind is TopicKind.STATES else f"{reader}.inbound"


def _inbound(noun: str, name: str, reader: str) -> Topic:
    return Topic(
        noun, name, (reader,), compacted=False, retention=timedelta(days=7), kind=TopicKind.INBOUND, published=False
    )


TOPICS: dict[str, Topic] = {
    topic.noun: topic
    for topic in (
        Topic("registry.area", "registry.areas", ("services_hall", "grid", "indicators")),
        Topic("registry.calendar", "registry.calendar", ("services_hall", "grid")),
        Topic("registry.person", "registry.persons", ("services_hall", "grid", "indicators")),
        Topic("registry.posting", "registry.postings", ("indicators",)),
        Topic("registry.household", "registry.households", ("indicators",)),
        Topic("registry.tag", "registry.tags", ("grid", "indicators")),
        Topic("registry.restricted_tag", "registry.tags_restricted", ("grid", "indicators"), published=False),
        Topic("services_hall.item", "services_hall.items"),
        Topic("services_hall.case", "services_hall.cases", ("indicators",)),
        Topic("grid.grid", "grid.grids", ("registry", "indicators")),
        Topic("grid.incident", "grid.incidents", ("indicators",)),
        Topic("grid.visit", "grid.visits", ("indicators",)),
        Topic("grid.inbound_outcome", "grid.inbound_outcomes"),
        Topic("indicators.value", "indicators.values"),
        _inbound("county.request", "county.inbound.requests", "grid"),
    )
}
"""Topics by noun."""

STATE_TOPICS = {noun: topic for noun, topic in TOPICS.items() if topic.kind is TopicKind.STATES}
INBOUND_TOPICS = {noun: topic for noun, topic in TOPICS.items() if topic.kind is TopicKind.INBOUND}

assert set(STATE_TOPICS) == set(STATES), "every noun has one topic"
assert set(INBOUND_TOPICS) == set(INBOUND), "every noun from the county has one topic"


def topic_name(noun: str, prefix: str = "") -> str:
    """The topic of a noun in a deployment: `prefix` is put before it as it stands."""
    return prefix + TOPICS[noun].name


def dead_letter_topic(topic: str, group: str) -> str:
    """Where a group announces what it could not take from a topic. One partition."""
    return f"{topic}.dlq.{group}"


def nouns_of(owner: str) -> tuple[str, ...]:
    """The nouns that a service owns, in the catalogue's order."""
    return tuple(noun for noun, topic in TOPICS.items() if topic.owner == owner)


def inbound_of(reader: str) -> tuple[str, ...]:
    """The nouns from the county that a service reads, in the catalogue's order."""
    return tuple(noun for noun, topic in INBOUND_TOPICS.items() if reader in topic.readers)
