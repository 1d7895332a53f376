"""A bus in memory for tests, held to the same suite as the real ones."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.structs import TopicPartition

from shared.messaging.bus.interface import BusUnavailable, Held, Message, SendFailed, Sent, TopicRefused
from shared.messaging.bus.partitioner import partition_of


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """What a MemoryConsumer yields."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass
class _Group:
    members: "list[MemoryConsumer]" = field(default_factory=list)
    offsets: dict[TopicPartition, tuple[int, str]] = field(default_factory=dict)
    rebalancing: asyncio.Lock = field(default_factory=asyncio.Lock)


class MemoryBus:
    """Satisfies `shared.messaging.bus.interface.Bus` in one event loop. `topics`: partitions by complete name."""

    def __init__(self, topics: Mapping[str, int], *, others: int | None = 1) -> None:
        self._topics = dict(topics)
        self._others = others
        self._id = f"memory-{uuid4()}"
        self._away = False
        self._changed = asyncio.Event()
        self.groups: dict[str, _Group] = {}
        self.log: dict[TopicPartition, list[MemoryRecord]] = {}
        self.begins: dict[TopicPartition, int] = {}

    def create_topic(self, name: str, partitions: int) -> None:
        self._topics[name] = partitions

    async def down(self) -> None:
        self._away = True
        self._notify()

    async def up(self) -> None:
        self._away = False
        self._notify()

    async def replace(self) -> None:
        """Another broker behind the same address: empty, with another id."""
        self._id = f"memory-{uuid4()}"
        self.log.clear()
        self.begins.clear()
        for group in self.groups.values():
            group.offsets.clear()
        self._notify()

    def cut(self, topic: str, begin: int, partition: int = 0) -> None:
        """Delete what lies before an offset, as retention does."""
        self.begins[TopicPartition(topic, partition)] = begin

    def sender(self) -> "MemorySender":
        return MemorySender(self)

    def consumer(
        self,
        group: str | None,
        topics: Sequence[str] = (),
        listener: ConsumerRebalanceListener | None = None,
        *,
        max_poll_records: int = 5000,
    ) -> "MemoryConsumer":
        return MemoryConsumer(self, group, topics, listener, max_poll_records)

    async def cluster_id(self) -> str:
        self.check()
        return self._id

    async def partitions(self, topic: str) -> int:
        self.check()
        if topic not in self._topics:
            if self._others is None:
                raise BusUnavailable(f"no topic {topic}")
            self._topics[topic] = self._others
        return self._topics[topic]

    async def end_offsets(self, topic: str) -> Mapping[TopicPartition, int]:
        lanes = [TopicPartition(topic, number) for number in range(await self.partitions(topic))]
        return {lane: len(self.log.get(lane, ())) for lane in lanes}

    async def group_offsets(
        self, group: str, partitions: Collection[TopicPartition]
    ) -> Mapping[TopicPartition, tuple[int, str]]:
        self.check()
        known = self.groups[group].offsets if group in self.groups else {}
        return {lane: known[lane] for lane in partitions if lane in known}

    async def close(self) -> None:
        return

    def check(self) -> None:
        if self._away:
            raise BusUnavailable("away")

    async def append(self, message: Message) -> Sent:
        """Raises SendFailed."""
        if self._away:
            raise SendFailed("away")
        try:
            lane = TopicPartition(message.topic, partition_of(message.key, await self.partitions(message.topic)))
        except BusUnavailable as error:
            raise TopicRefused(str(error)) from error
        records = self.log.setdefault(lane, [])
        topic, key, value, headers, timestamp = message
        records.append(MemoryRecord(topic, lane.partition, len(records), timestamp, key, value, tuple(headers)))
        self._notify()
        return Sent(lane.partition, len(records) - 1)

    async def changed(self, seconds: float) -> None:
        """Until anything happens, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def rebalance(self, group: str) -> None:
        """Everybody gives back, then partitions are dealt out anew."""
        state = self.groups[group]
        async with state.rebalancing:
            members = list(state.members)
            await asyncio.gather(*(member.revoke() for member in members))
            shares: dict[int, list[TopicPartition]] = {index: [] for index in range(len(members))}
            if members:
                topics = sorted({topic for member in members for topic in member.topics})
                lanes = [TopicPartition(topic, n) for topic in topics for n in range(await self.partitions(topic))]
                for number, lane in enumerate(lanes):
                    shares[number % len(members)].append(lane)
            for index, member in enumerate(members):
                await member.take(shares[index])


class MemorySender:
    """Satisfies `shared.messaging.bus.interface.Sender`."""

    def __init__(self, bus: MemoryBus) -> None:
        self._bus = bus

    async def send(self, messages: Sequence[Message]) -> list[Sent | SendFailed]:
        outcomes: list[Sent | SendFailed] = []
        failed: set[tuple[str, bytes]] = set()
        for message in messages:
            if (message.topic, message.key) in failed:
                outcomes.append(Held())
                continue
            try:
                outcomes.append(await self._bus.append(message))
            except SendFailed as error:
                failed.add((message.topic, message.key))
                outcomes.append(error)
        return outcomes

    async def close(self) -> None:
        return


class MemoryConsumer:
    """Satisfies `shared.messaging.bus.interface.Consumer`."""

    def __init__(
        self,
        bus: MemoryBus,
        group: str | None,
        topics: Sequence[str],
        listener: ConsumerRebalanceListener | None,
        max_poll_records: int,
    ) -> None:
        self._bus = bus
        self._group = group
        self.topics = tuple(topics)
        self._listener = listener
        self._most = max_poll_records
        self._positions: dict[TopicPartition, int] = {}
        self._running = False

    async def start(self) -> None:
        self._bus.check()
        self._running = True
        if self._group is not None:
            state = self._bus.groups.setdefault(self._group, _Group())
            if self.topics:
                state.members.append(self)
                await self._bus.rebalance(self._group)

    async def stop(self) -> None:
        if not self._running:
            return
        self._running = False
        if self._group is not None and self.topics:
            await self.revoke()
            self._bus.groups[self._group].members.remove(self)
            await self._bus.rebalance(self._group)

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[MemoryRecord]]:
        until = asyncio.get_running_loop().time() + timeout_ms / 1000
        while True:
            found = self._take(partitions, max_records or self._most)
            left = until - asyncio.get_running_loop().time()
            if found or left <= 0:
                return found
            await self._bus.changed(left)

    def _take(self, partitions: Collection[TopicPartition], most: int) -> dict[TopicPartition, Sequence[MemoryRecord]]:
        found: dict[TopicPartition, Sequence[MemoryRecord]] = {}
        try:
            self._bus.check()
        except BusUnavailable:
            return found
        for lane in partitions or tuple(self._positions):
            start = max(self._positions[lane], self._bus.begins.get(lane, 0))
            if most <= 0:
                continue
            records = self._bus.log.get(lane, [])[start : start + most]
            if records:
                found[lane] = records
                self._positions[lane] = start + len(records)
                most -= len(records)
        return found

    async def commit(self, offsets: Mapping[TopicPartition, Any]) -> None:
        self._bus.check()
        assert self._group is not None
        for lane, offset in offsets.items():
            self._bus.groups[self._group].offsets[lane] = offset if isinstance(offset, tuple) else (offset, "")

    async def committed(self, partition: TopicPartition) -> int | None:
        self._bus.check()
        assert self._group is not None
        entry = self._bus.groups[self._group].offsets.get(partition)
        return None if entry is None else entry[0]

    async def position(self, partition: TopicPartition) -> int:
        return self._positions[partition]

    def highwater(self, partition: TopicPartition) -> int | None:
        return len(self._bus.log.get(partition, ()))

    async def seek_to_beginning(self, *partitions: TopicPartition) -> None:
        for lane in partitions or tuple(self._positions):
            self._positions[lane] = self._bus.begins.get(lane, 0)

    async def beginning_offsets(self, partitions: Iterable[TopicPartition]) -> Mapping[TopicPartition, int]:
        self._bus.check()
        return {lane: self._bus.begins.get(lane, 0) for lane in partitions}

    async def end_offsets(self, partitions: Iterable[TopicPartition]) -> Mapping[TopicPartition, int]:
        self._bus.check()
        return {lane: len(self._bus.log.get(lane, ())) for lane in partitions}

    def assign(self, partitions: Iterable[TopicPartition]) -> None:
        offsets = self._bus.groups[self._group].offsets if self._group in self._bus.groups else {}
        self._positions = {lane: offsets.get(lane, (0, ""))[0] for lane in partitions}

    def assignment(self) -> Collection[TopicPartition]:
        return frozenset(self._positions)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._positions[partition] = offset

    async def revoke(self) -> None:
        """The group takes everything back."""
        if self._listener is not None:
            await self._listener.on_partitions_revoked(self.assignment())
        self._positions.clear()

    async def take(self, partitions: Sequence[TopicPartition]) -> None:
        """The group hands out a share."""
        self.assign(partitions)
        if self._listener is not None:
            await self._listener.on_partitions_assigned(self.assignment())
