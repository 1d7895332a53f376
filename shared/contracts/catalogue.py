"""THE catalogue of topics, collected from the nouns' own lines; nothing else names a topic."""

from shared.contracts import grid, indicators, registry, services_hall  # noqa: F401  (fills `STATES` and `FACTS`)
from shared.contracts.county.inbound import INBOUND
from shared.contracts.envelope import STATES
from shared.contracts.restoring import complete
from shared.contracts.topic import Topic, TopicKind

__all__ = [
    "COUNTY",
    "INBOUND_TOPICS",
    "STATE_TOPICS",
    "TOPICS",
    "Topic",
    "TopicKind",
    "counted_as",
    "dead_letter_topic",
    "inbound_of",
    "nouns_of",
    "topic_name",
]

complete()

COUNTY = "county"
"""The owner of what county systems send in: none of our services."""


OWNERS = ("registry", "services_hall", "grid", "indicators", COUNTY)


def _place(noun: str) -> tuple[int, str]:
    """Nouns stand in the order of their owners, whichever module was imported first."""
    return OWNERS.index(noun.split(".", 1)[0]), noun


STATE_TOPICS = {noun: STATES[noun].channel for noun in sorted(STATES, key=_place)}
INBOUND_TOPICS = {noun: INBOUND[noun].channel for noun in sorted(INBOUND, key=_place)}
TOPICS: dict[str, Topic] = {**STATE_TOPICS, **INBOUND_TOPICS}
"""Topics by noun."""


assert len({topic.name for topic in TOPICS.values()}) == len(TOPICS), "no two nouns share a topic"
assert all(noun == topic.noun for noun, topic in TOPICS.items()), "a topic names its own noun"


def topic_name(noun: str, prefix: str = "") -> str:
    """The topic of a noun in a deployment: `prefix` is put before it as it stands."""
    return prefix + TOPICS[noun].name


def counted_as(noun: str | None) -> str:
    """A noun as metrics name it: restricted ones of an owner share a name, by whose counts nothing is told of one."""
    topic = TOPICS.get(noun or "")
    if topic is None or topic.published or topic.kind is TopicKind.INBOUND:
        return noun or ""
    return f"{topic.owner}.restricted"


def told_of(noun: str, many: int) -> int:
    """How many states of a noun an operator is told of in the progress of long work: of restricted ones none."""
    return many if TOPICS[noun].published else 0


def dead_letter_topic(topic: str, group: str) -> str:
    """Where a group announces what it could not take from a topic. One partition."""
    return f"{topic}.dlq.{group}"


def nouns_of(owner: str) -> tuple[str, ...]:
    """The nouns that a service owns, in the catalogue's order."""
    return tuple(noun for noun, topic in TOPICS.items() if topic.owner == owner)


def inbound_of(reader: str) -> tuple[str, ...]:
    """The nouns from the county that a service reads, in the catalogue's order."""
    return tuple(noun for noun, topic in INBOUND_TOPICS.items() if reader in topic.readers)
