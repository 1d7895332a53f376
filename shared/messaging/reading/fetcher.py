"""Fetching of records, which gets past a record that the Kafka client cannot parse.

A producer may write what aiokafka cannot read: a header whose name is no UTF-8, a compression for which no library is
here. It then raises out of `getmany`, and forgets what it had fetched. Whoever may write to a topic could so stop its
consumer for ever. Such a record is skipped, and handed on without key and value: it becomes a dead letter like any
other that cannot be read. What follows in the same batch of that producer may be lost with it, record by record.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from gzip import BadGzipFile

from aiokafka.errors import UnsupportedCodecError
from aiokafka.structs import TopicPartition

from shared.messaging.bus.interface import BUS_ERRORS, Consumer, Headers, Record
from shared.observability.logging import get_logger

log = get_logger(__name__)

Fetched = Mapping[TopicPartition, Sequence[Record]]


@dataclass(frozen=True, slots=True)
class Unfetched:
    """Record that the client could not parse: only topic, partition and offset are known."""

    topic: str
    partition: int
    offset: int
    timestamp: int = 0
    key: bytes | None = None
    value: bytes | None = None
    headers: Headers = ()


class Fetcher:
    """Fetcher of one consumer.

    Keeps the next offset of each partition, because the client forgets it when it raises.
    """

    def __init__(self, *, poll: float, batch: int) -> None:
        self._poll_ms = round(poll * 1000)
        self._batch = batch
        self._next: dict[TopicPartition, int] = {}
        self.jumped: dict[TopicPartition, int] = {}
        """Partitions whose last records did not begin where the ones before had ended, and where that was."""

    def forget(self) -> None:
        """Forget the offsets, after a rebalance or a seek."""
        self._next.clear()

    async def fetch(self, consumer: Consumer) -> Fetched:
        """Fetch the next records. Raises `BUS_ERRORS`."""
        for tp in set(consumer.assignment()) - self._next.keys():
            self._next[tp] = await consumer.position(tp)
        fetched: Fetched
        try:
            fetched = await consumer.getmany(timeout_ms=self._poll_ms, max_records=self._batch)
        except Exception as error:
            if not _of_a_record(error):
                raise
            log.error("fetch_failed", error=type(error).__name__)
            fetched = await self._singly(consumer)
        # a partition that was assigned meanwhile has no position yet, and nothing to have jumped from
        firsts = {tp: part[0].offset for tp, part in fetched.items() if part}
        self.jumped = {tp: self._next[tp] for tp, offset in firsts.items() if offset > self._next.get(tp, offset)}
        self._next.update({tp: part[-1].offset + 1 for tp, part in fetched.items() if part})
        return fetched

    async def _singly(self, consumer: Consumer) -> Fetched:
        """One partition's records up to and with the one that cannot be parsed; any other's on the way to it."""
        mine = [tp for tp in consumer.assignment() if tp in self._next]
        for tp in mine:
            consumer.seek(tp, self._next[tp])
        for tp in random.sample(mine, len(mine)):  # none shall starve behind a busy one
            found: list[Record] = []
            while len(found) < self._batch:
                try:
                    part = await consumer.getmany(tp, timeout_ms=self._poll_ms, max_records=1)
                except Exception as error:
                    if not _of_a_record(error):
                        raise
                    offset = found[-1].offset + 1 if found else self._next[tp]
                    log.error("record_unfetchable", topic=tp.topic, partition=tp.partition, offset=offset,
                              error=type(error).__name__)  # fmt: skip
                    consumer.seek(tp, offset + 1)
                    return {tp: [*found, Unfetched(tp.topic, tp.partition, offset)]}
                if not part.get(tp):
                    break
                found += part[tp]
            if found:
                return {tp: found}
        return {}


def hand_back(consumer: Consumer, fetched: Fetched) -> None:
    """Seek back to records that were fetched during a rebalance, so that they are fetched again."""
    mine = consumer.assignment()
    for tp, part in fetched.items():
        if part and tp in mine:
            consumer.seek(tp, part[0].offset)


def _of_a_record(error: Exception) -> bool:
    """Whether the client failed to parse what a producer wrote (and not on the bus)."""
    return isinstance(error, UnsupportedCodecError | BadGzipFile) or not isinstance(error, BUS_ERRORS)
