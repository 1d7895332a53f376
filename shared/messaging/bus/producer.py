"""Kafka producer of a process: batches by partition, and a new one whenever the state of the old one is unknown."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.conn import CloseReason
from aiokafka.errors import (
    CorruptRecordException,
    InvalidTopicError,
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from shared.messaging.bus.diagnosis import diagnose_writing
from shared.messaging.bus.interface import Held, Message, MessageRefused, SendFailed, Sent, TopicRefused
from shared.messaging.bus.partitioner import murmur2
from shared.observability import metrics

log = structlog.get_logger(__name__)

ABOUT_THE_TOPIC = (UnknownTopicOrPartitionError, TopicAuthorizationFailedError, InvalidTopicError)
ABOUT_ONE_RECORD = (CorruptRecordException, MessageSizeTooLargeError, RecordListTooLargeError)
"""Refusals of a batch for what is in it: its records are then sent one by one, to find the one."""

LOST = (CloseReason.CONNECTION_BROKEN, CloseReason.CONNECTION_TIMEOUT, CloseReason.OUT_OF_SYNC, CloseReason.IDLE_DROP)

KEYS_REMEMBERED = 200_000
STOP_SECONDS = 3.0
TOPIC_SECONDS = 2.0


class KafkaSender:
    """Idempotent Kafka producer. Satisfies `bus.interface.Sender`. `build` makes an aiokafka producer, not started.

    `declared`: partitions of each topic by the settings. Those that somebody added get nothing: a key stays where it
    is, and keeps its order.

    aiokafka's idempotent producer repeats a batch for ever and loses its sequence with the first batch that is refused:
    so every call is bounded, and after any failure the producer is thrown away. So it is when a connection of it has
    ended: behind the next one may be another broker, to which the retained rows must be sent first.
    """

    def __init__(
        self, build: Callable[[], AIOKafkaProducer], *, timeout: float, declared: Mapping[str, int] | None = None
    ) -> None:
        self._build = build
        self._declared = declared or {}
        self._told: set[str] = set()
        self._timeout = timeout
        self._producer: AIOKafkaProducer | None = None
        self._counts: dict[str, int] = {}
        self._partitions: dict[tuple[str, bytes], int] = {}
        self._doubt: SendFailed | None = None  # a batch that the producer had in hand failed

    async def send(self, messages: Sequence[Message]) -> list[Sent | SendFailed]:
        outcomes: list[Sent | SendFailed] = [Held()] * len(messages)
        self._doubt = None
        try:
            async with asyncio.timeout(self._timeout):
                producer = await self._started()
                suspects = await self._send_batches(producer, messages, outcomes)
        except (KafkaError, OSError, TimeoutError) as error:
            await self._discard(error)
            failed = SendFailed(repr(error))
            return [failed if isinstance(outcome, Held) else outcome for outcome in outcomes]
        except BaseException:
            await self._discard(None)
            raise
        if self._doubt is not None:
            await self._discard(self._doubt)
        if suspects:
            await self._send_singly(suspects, messages, outcomes)
        return outcomes

    async def close(self) -> None:
        await self._discard(None)

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = self._build()
            self._producer = producer  # known before it is started, so that a failed start is discarded too
            _outlives_no_connection(producer)
            await producer.start()
            self._counts.clear()
        return self._producer

    async def _send_batches(
        self, producer: AIOKafkaProducer, messages: Sequence[Message], outcomes: list[Sent | SendFailed]
    ) -> list[int]:
        """Fills `outcomes`; returns the messages of batches that were refused for one of their records."""
        lanes: dict[tuple[str, int], list[int]] = {}
        topics = {message.topic for message in messages} - self._counts.keys()
        found = await asyncio.gather(*(self._count(producer, topic) for topic in topics))
        unknown = {topic: count for topic, count in zip(topics, found, strict=True) if isinstance(count, SendFailed)}
        self._counts |= {topic: count for topic, count in zip(topics, found, strict=True) if isinstance(count, int)}
        for index, message in enumerate(messages):
            if unknown and message.topic in unknown:
                outcomes[index] = unknown[message.topic]
            else:
                lanes.setdefault((message.topic, self._partition(message)), []).append(index)
        refused = await asyncio.gather(
            *(
                self._send_lane(producer, topic, partition, lane, messages, outcomes)
                for (topic, partition), lane in lanes.items()
            )
        )
        return [index for suspects in refused for index in suspects]

    async def _count(self, producer: AIOKafkaProducer, topic: str) -> int | SendFailed:
        """Number of partitions of a topic. aiokafka waits for one that is not there as if it were to come."""
        try:
            async with asyncio.timeout(min(TOPIC_SECONDS, self._timeout / 3)):
                return self._used(topic, len(await producer.partitions_for(topic)))
        except KafkaError as error:
            return _failure(error, topic)
        except TimeoutError:
            async with asyncio.timeout(self._timeout / 3):
                answered = await producer.client.force_metadata_update()
            return _failure(UnknownTopicOrPartitionError(topic), topic) if answered else SendFailed("no metadata")

    def _used(self, topic: str, found: int) -> int:
        """Number of partitions over which keys are spread."""
        declared = self._declared.get(topic, found)
        if found > declared and topic not in self._told:
            self._told.add(topic)
            log.error(
                "partitions_added",
                topic=topic,
                found=found,
                declared=declared,
                remedy="they stay empty, so that keys keep their order: never add partitions to a topic in use",
            )
        return min(found, declared)

    def _partition(self, message: Message) -> int:
        known = self._partitions.get((message.topic, message.key))
        if known is None:  # some µs that the second event of a key does not pay again
            known = murmur2(message.key) & 0x7FFFFFFF
            if len(self._partitions) >= KEYS_REMEMBERED:
                self._partitions.clear()
            self._partitions[message.topic, message.key] = known
        return known % self._counts[message.topic]

    async def _send_lane(
        self,
        producer: AIOKafkaProducer,
        topic: str,
        partition: int,
        lane: Sequence[int],
        messages: Sequence[Message],
        outcomes: list[Sent | SendFailed],
    ) -> Sequence[int]:
        """Send to one partition, batch after batch, until one fails."""
        start = 0
        while start < len(lane):
            batch = producer.create_batch()
            end = start
            for index in lane[start:]:
                message = messages[index]
                added = batch.append(
                    timestamp=message.timestamp_ms,
                    key=message.key,
                    value=message.value,
                    headers=list(message.headers),  # the compiled builder takes nothing but a list
                )
                if added is None:
                    break
                end += 1
            batch.close()
            sent = lane[start:end]
            try:
                acknowledged = await (await producer.send_batch(batch, topic, partition=partition))
            except KafkaError as error:
                self._doubt = _failure(error, topic)
                for index in sent:
                    outcomes[index] = self._doubt
                return sent if isinstance(error, ABOUT_ONE_RECORD) and len(sent) > 1 else ()
            for index, offset in zip(sent, count(acknowledged.offset), strict=False):
                outcomes[index] = Sent(partition, offset)
            start = end
        return ()

    async def _send_singly(
        self, suspects: Sequence[int], messages: Sequence[Message], outcomes: list[Sent | SendFailed]
    ) -> None:
        failed: set[tuple[str, bytes]] = set()
        for index in suspects:
            message = messages[index]
            if (message.topic, message.key) in failed:
                outcomes[index] = Held()
                continue
            (outcomes[index],) = await self.send([message])
            if isinstance(outcomes[index], SendFailed):
                failed.add((message.topic, message.key))

    async def _discard(self, reason: Exception | None) -> None:
        """Throws the producer away in bounded time. What it still holds is never sent: the rows are not marked."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        if reason is not None:
            metrics.PRODUCER_REBUILDS.inc()
            log.warning("producer_discarded", reason=repr(reason))
        producer._closed = True  # stop() would first wait until everything is delivered
        sender = producer._sender.sender_task
        if sender is not None:
            sender.cancel()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await producer.client.close()
        except (KafkaError, OSError, TimeoutError):
            log.warning("producer_close_failed")
        if sender is not None:
            await asyncio.wait([sender], timeout=STOP_SECONDS)
            if sender.done() and not sender.cancelled():
                sender.exception()


def _outlives_no_connection(producer: AIOKafkaProducer) -> None:
    """All batches in flight fail as soon as one of its connections ends; left alone, it would repeat it on the
    next connection before anybody could ask which broker that leads to."""
    heard = producer.client._on_connection_closed

    def ended(connection: Any, reason: CloseReason | None) -> None:
        heard(connection, reason)
        if reason in LOST:
            producer._message_accumulator.fail_all(KafkaConnectionError(f"connection ended: {reason.name}"))
            if producer._sender.sender_task is not None:
                producer._sender.sender_task.cancel()

    producer.client._on_connection_closed = ended


def _failure(error: KafkaError, topic: str) -> SendFailed:
    if isinstance(error, ABOUT_ONE_RECORD):
        return MessageRefused(repr(error))
    if isinstance(error, ABOUT_THE_TOPIC):
        return TopicRefused(str(diagnose_writing(error, topic) or repr(error)))
    return SendFailed(repr(error))
