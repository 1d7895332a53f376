"""THE list of topics. `migrate` creates or checks them; nothing else names one."""

from dataclasses import dataclass
from datetime import timedelta

from shared.contracts import grid, indicators, registry, services_hall  # noqa: F401  (fills the tables of facts and states)
from shared.contracts.envelope import STATES


@dataclass(frozen=True)
class Topic:
    """One noun's topic. State topics are compacted and have no retention: the last state of a key stays for ever."""

    noun: str
    name: str
    readers: tuple[str, ...] = ()  # services that project it: on the embedded broker the relay waits for the slowest
    compacted: bool = True
    retention: timedelta | None = None
    embedded_partitions: int = 4
    partitions: int = 16

    @property
    def owner(self) -> str:
        return self.noun.split(".", 1)[0]


TOPICS: dict[str, Topic] = {
    topic.noun: topic
    for topic in (
        Topic("registry.area", "registry.areas", ("services_hall", "grid", "indicators")),
        Topic("registry.calendar", "registry.calendar", ("services_hall", "grid")),
        Topic("registry.person", "registry.persons", ("services_hall", "grid", "indicators")),
        Topic("registry.posting", "registry.postings", ("indicators",)),
        Topic("registry.household", "registry.households", ("indicators",)),
        Topic("registry.tag", "registry.tags", ("grid", "indicators")),
        Topic("registry.restricted_tag", "registry.tags_restricted", ("grid", "indicators")),
        Topic("services_hall.item", "services_hall.items"),
        Topic("services_hall.case", "services_hall.cases", ("indicators",)),
        Topic("grid.grid", "grid.grids", ("registry", "indicators")),
        Topic("grid.incident", "grid.incidents", ("indicators",)),
        Topic("grid.visit", "grid.visits", ("indicators",)),
        Topic("indicators.value", "indicators.values"),
    )
}
"""Topics by noun."""

assert set(TOPICS) == set(STATES), "every noun has one topic"


def topic_name(noun: str, prefix: str = "") -> str:
    """The topic of a noun in a deployment: `prefix` is put before it as it stands."""
    return prefix + TOPICS[noun].name


def dead_letter_topic(topic: str, group: str) -> str:
    """Where a group announces what it could not take from a topic. One partition."""
    return f"{topic}.dlq.{group}"


def nouns_of(owner: str) -> tuple[str, ...]:
    """The nouns that a service owns, in the catalogue's order."""
    return tuple(noun for noun, topic in TOPICS.items() if topic.owner == owner)
