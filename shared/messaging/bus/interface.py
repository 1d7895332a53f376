"""Interface of the message bus: Kafka (`shared.messaging.bus.kafka`) and the fake in memory pass one suite."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from shared.diagnostics import Diagnosis

Headers = Sequence[tuple[str, bytes]]


class Message(NamedTuple):
    """Message to be sent. Messages of one key keep their order."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers
    timestamp_ms: int


class Sent(NamedTuple):
    """Delivery report: where the broker stored a message."""

    partition: int
    offset: int


class Record(Protocol):
    """Record that was fetched; aiokafka's ConsumerRecord has this shape."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


class SendFailed(Exception):
    """Delivery failure: the broker is away or did not acknowledge in time."""


class Held(SendFailed):
    """Delivery not attempted, because an earlier message of its key or partition failed in the same call."""


class MessageRefused(SendFailed):
    """Delivery failure for good: the broker rejects this message as it is."""


class TopicRefused(SendFailed):
    """Delivery failure: the topic does not exist or may not be written."""


class Sender(Protocol):
    """Kafka producer that is replaced when in doubt. Used by one task at a time."""

    async def send(self, messages: Sequence[Message]) -> list[Sent | SendFailed]:
        """Send a batch: one delivery report or failure per message, in order.

        Returns when each is acknowledged by the broker or has failed. After a message's failure no later one of the
        same key is sent in this call. Bounded in time. What failed may have arrived all the same: send it again.
        """
        ...

    async def close(self) -> None:
        """Close. Bounded in time; nothing is sent afterwards."""
        ...


class Consumer(Protocol):
    """Kafka consumer: the part of AIOKafkaConsumer that the kit uses. Offsets are of the next record to read."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[Record]]: ...
    async def commit(self, offsets: Mapping[TopicPartition, Any]) -> None: ...
    async def committed(self, partition: TopicPartition) -> int | None: ...
    async def position(self, partition: TopicPartition) -> int: ...
    def highwater(self, partition: TopicPartition) -> int | None: ...
    async def seek_to_beginning(self, *partitions: TopicPartition) -> Any: ...
    async def end_offsets(self, partitions: Iterable[TopicPartition]) -> Mapping[TopicPartition, int]: ...
    async def beginning_offsets(self, partitions: Iterable[TopicPartition]) -> Mapping[TopicPartition, int]: ...
    def assign(self, partitions: Iterable[TopicPartition]) -> None: ...
    def assignment(self) -> Collection[TopicPartition]: ...
    def seek(self, partition: TopicPartition, offset: int) -> None: ...


class Bus(Protocol):
    """Message bus of a deployment. Topic names are complete, prefix included."""

    def sender(self) -> Sender:
        """Producer; connects with the first send."""
        ...

    def consumer(
        self,
        group: str | None,
        topics: Sequence[str] = (),
        listener: ConsumerRebalanceListener | None = None,
        *,
        max_poll_records: int = 5000,
    ) -> Consumer:
        """Consumer, not started.

        Without topics the caller assigns partitions; without a group nothing can be committed.
        """
        ...

    async def cluster_id(self) -> str:
        """Cluster id: differs between two brokers that do not share their data. Raises BusUnavailable."""
        ...

    async def partitions(self, topic: str) -> int:
        """Number of partitions of a topic. Raises BusUnavailable."""
        ...

    async def end_offsets(self, topic: str) -> Mapping[TopicPartition, int]:
        """End offset of each partition: that of the next record. Raises BusUnavailable."""
        ...

    async def group_offsets(
        self, group: str, partitions: Collection[TopicPartition]
    ) -> Mapping[TopicPartition, tuple[int, str]]:
        """Committed offsets of a group, with their metadata; partitions without one are left out.

        Raises BusUnavailable.
        """
        ...


class BusUnavailable(Exception):
    """Error: the broker did not answer in time, or refused the connection.

    `diagnosis`: what an operator can do about it.
    """

    def __init__(self, said: str, diagnosis: Diagnosis | None = None) -> None:
        super().__init__(said if diagnosis is None else str(diagnosis))
        self.diagnosis = diagnosis


BUS_ERRORS = (KafkaError, BusUnavailable, OSError, TimeoutError)
"""What a call of a bus may raise."""
