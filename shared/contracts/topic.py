"""A noun's topic: its name, who reads it, how long it is kept."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


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
    published: bool = True  # county systems may read it; if not, each reader is granted it by name
    explained_at: str = ""  # path of the HTTP document that says what its values mean, by the names of its fields
    known_by: str | None = None  # permission by which callers may know that there is one; None: no secret to callers
    tells: tuple[str, str] = (
        "",
        "",
    )  # what its reader learns, in Chinese and English: docs/integration/what-topics-tell

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


def inbound_topic(noun: str, name: str, *, reader: str) -> Topic:
    """The topic on which county systems send a noun to one service: kept for seven days, published to nobody."""
    return Topic(
        noun, name, (reader,), compacted=False, retention=timedelta(days=7), kind=TopicKind.INBOUND, published=False
    )
