"""Access rules (ACLs) of the bus, computed from the catalogue: for Kafka's own authorizer and for Strimzi's users.

Whatever no rule allows is refused. Writing and reading include Describe in Kafka, which is written down all the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.asyncapi import SERVICES
from shared.contracts.catalogue import COUNTY, TOPICS, Topic, dead_letter_topic
from shared.messaging.bus.embedded import rebuild_group

REBUILDING = ("indicators",)
"""Services with a rebuild, which commits its offsets in a group of its own."""


class Operation(StrEnum):
    """Operations, by Kafka's names."""

    READ = "Read"
    WRITE = "Write"
    CREATE = "Create"
    DESCRIBE = "Describe"
    DESCRIBE_CONFIGS = "DescribeConfigs"


class Kind(StrEnum):
    """Kind of a resource, by Strimzi's names."""

    TOPIC = "topic"
    GROUP = "group"


@dataclass(frozen=True, order=True)
class Rule:
    """Operations that a user may do on one resource; `prefixed`: on all whose names begin so."""

    kind: Kind
    name: str
    operations: tuple[Operation, ...]
    prefixed: bool = False


@dataclass(frozen=True)
class Names:
    """Names of topics, groups and users of one deployment. Satisfies `shared.messaging.bus.topics.Naming`."""

    topic_prefix: str = ""
    group_prefix: str = ""
    topic_partitions: int | None = None
    user_prefix: str | None = None

    def topic(self, name: str) -> str:
        """A catalogue name in this deployment."""
        return self.topic_prefix + name

    def group(self, service: str) -> str:
        """A consumer group in this deployment."""
        return self.group_prefix + service

    def user(self, name: str) -> str:
        """A Kafka user: a service's name as it stands in paths, behind the topics' prefix or one of the users' own."""
        prefix = self.topic_prefix if self.user_prefix is None else self.user_prefix
        return prefix + name.replace("_", "-")


def service_rules(service: str, names: Names, *, creates: bool = False) -> list[Rule]:
    """Rules of a service: its own topics to write, check and read, those it follows, its groups, its dead letters.

    `creates`: its `migrate` may also make the topics that are missing; not needed if an operator (Strimzi) makes them.
    """
    migrates = (Operation.DESCRIBE_CONFIGS, *((Operation.CREATE,) if creates else ()))
    rules: list[Rule] = []
    groups: set[str] = set()
    for topic in TOPICS.values():
        operations: list[Operation] = []
        if topic.owner == service:
            operations += [Operation.WRITE, Operation.READ]  # after a restore it looks at what it has told
        if service in topic.readers:
            operations += [] if topic.owner == service else [Operation.READ]
            group = names.group(topic.reading_group(service))
            groups.add(group)
            dead_letters = dead_letter_topic(names.topic(topic.name), group)
            rules.append(Rule(Kind.TOPIC, dead_letters, (Operation.WRITE, Operation.DESCRIBE, *migrates)))
        if operations or topic.keeper == service:
            operations.append(Operation.DESCRIBE)
        if topic.keeper == service:
            operations.extend(migrates)
        if operations:
            rules.append(Rule(Kind.TOPIC, names.topic(topic.name), tuple(operations)))
    if service in REBUILDING:
        groups.add(rebuild_group(names.group(service)))
    rules += [Rule(Kind.GROUP, group, (Operation.READ, Operation.DESCRIBE)) for group in groups]
    return sorted(rules)


def county_rules(
    name: str, names: Names, *, writes: Iterable[str] | None = None, also_reads: Iterable[str] = ()
) -> list[Rule]:
    """Rules of a county system. `writes`: nouns of inbound topics; all of them if none are given.

    It reads every published topic. A topic that is not published has to be named in `also_reads` (a noun), by somebody
    who is responsible for it. Raises ValueError for a noun that cannot be granted.
    """
    inbound = {noun: topic for noun, topic in TOPICS.items() if topic.owner == COUNTY}
    chosen = tuple(inbound if writes is None else writes)
    for noun in chosen:
        if noun not in inbound:
            raise ValueError(f"{noun} is no inbound noun: a county system cannot be granted to write it")
    more = tuple(also_reads)
    for noun in more:
        if noun not in TOPICS or noun in inbound:
            raise ValueError(f"{noun} is no noun that a county system could be granted to read")
    written = [Rule(Kind.TOPIC, names.topic(TOPICS[noun].name), _WRITES) for noun in chosen]
    read = [
        Rule(Kind.TOPIC, names.topic(topic.name), _READS)
        for topic in TOPICS.values()
        if topic.published or topic.noun in more
    ]
    groups = Rule(Kind.GROUP, county_groups(name, names), _READS, prefixed=True)
    return sorted([*written, *read, groups])


_READS = (Operation.READ, Operation.DESCRIBE)
_WRITES = (Operation.WRITE, Operation.DESCRIBE)


def county_groups(name: str, names: Names) -> str:
    """Prefix of the consumer groups of a county system."""
    return names.group(f"{COUNTY}.{name}.")


def county_user(name: str, names: Names) -> str:
    """The Kafka user of a county system."""
    return names.user(f"{COUNTY}-{name}")


def users(names: Names, *, creates: bool = False) -> dict[str, list[Rule]]:
    """The rules of the four services, by Kafka user."""
    return {names.user(service): service_rules(service, names, creates=creates) for service in SERVICES}


def restricted() -> list[Topic]:
    """State topics that no county system reads by itself."""
    return [topic for topic in TOPICS.values() if not topic.published and topic.owner != COUNTY]
