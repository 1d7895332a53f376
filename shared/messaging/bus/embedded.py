"""What only the embedded (demonstration) broker needs: time-outs, a slower assignor, and flow control of the relay.

The mock cluster keeps at most 5 MB of a partition and drops the oldest records first, read or not: the relay must stay
close to the slowest consumer group. Apache Kafka needs nothing of this.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata
from aiokafka.structs import TopicPartition

from shared.contracts.catalogue import STATE_TOPICS
from shared.messaging.bus.interface import Bus, Message, SendFailed, Sent
from shared.messaging.bus.partitioner import partition_of
from shared.messaging.bus.timeouts import Timeouts

TIMEOUTS = Timeouts(session=6, heartbeat=1.5, rebalance=10, request=15, fetch_wait=0.05)
"""A rebalance on the mock cluster always lasts session - 1 s; a fetch that waits is answered at the end of its wait,
though records come meanwhile. Shorter, and idle consumers keep a processor busy."""

UNREAD_BYTES = 3_000_000
ASK_SECONDS = 0.2
DONE = "done"
"""Metadata with which a group that came for one reading (a rebuild) commits when it needs to be waited for no more."""

_OVERHEAD = 420
"""Bytes of a record's headers and framing."""


class PatientAssignor(RoundRobinPartitionAssignor):  # type: ignore[misc]  # aiokafka is untyped
    """Partition assignor for the mock cluster, which refuses for good a follower whose SyncGroup comes too late."""

    @classmethod
    def assign(
        cls, cluster: Any, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        if len(members) > 1:
            time.sleep(0.05)  # blocks on purpose: the leader's SyncGroup is sent as soon as this returns
        assigned: dict[str, ConsumerProtocolMemberAssignment] = super().assign(cluster, members)
        return assigned


def rebuild_group(group: str) -> str:
    """Consumer group in which the rebuild of a service commits its offsets, for the flow control to see."""
    return group + ".rebuild"


@dataclass
class _Lane:
    end: int  # offset of the next record
    read: int = 0  # what the slowest group has committed, or less
    records: int = 0
    size: float = 2_000.0  # of one record, cautious

    def unread(self) -> float:
        return (self.end - self.read) * self.size


class Pacer:
    """Flow control of the relay: bytes of each partition that its consumer groups have not committed yet.

    `group` gives the name of a service's consumer group; `budget` is in bytes a partition.
    """

    def __init__(
        self, bus: Bus, *, prefix: str = "", group: Callable[[str], str] = str, budget: int = UNREAD_BYTES
    ) -> None:
        self._bus = bus
        self._groups = {
            prefix + topic.name: tuple(group(reader) for reader in topic.readers) for topic in STATE_TOPICS.values()
        }
        self._budget = budget
        self._lanes: dict[TopicPartition, _Lane] = {}
        self._counts: dict[str, int] = {}
        self._asked: dict[TopicPartition, float] = {}

    def forget(self) -> None:
        """Reset, because the broker is another one."""
        self._lanes.clear()
        self._counts.clear()
        self._asked.clear()

    async def admit(self, messages: Sequence[Message]) -> set[str]:
        """The topics of these messages that have no room now. Raises BusUnavailable."""
        wanted: dict[TopicPartition, int] = {}
        for message in messages:
            if not self._groups.get(message.topic):
                continue
            lane = await self._lane_of(message)
            wanted[lane] = wanted.get(lane, 0) + len(message.value) + _OVERHEAD
        held = set()
        for partition, size in wanted.items():
            if self._fits(partition, size):
                continue
            await self._ask(partition)
            if not self._fits(partition, size):
                held.add(partition.topic)
        return held

    def sent(self, messages: Sequence[Message], outcomes: Sequence[Sent | SendFailed]) -> None:
        """Count what was sent as unread."""
        for message, outcome in zip(messages, outcomes, strict=True):
            if isinstance(outcome, Sent) and self._groups.get(message.topic):
                lane = self._lanes[TopicPartition(message.topic, outcome.partition)]
                lane.end = max(lane.end, outcome.offset + 1)
                lane.records += 1
                lane.size += (len(message.value) + _OVERHEAD - lane.size) / min(lane.records, 1000)

    def _fits(self, partition: TopicPartition, size: int) -> bool:
        unread = self._lanes[partition].unread()
        return unread + size <= self._budget or unread == 0

    async def _lane_of(self, message: Message) -> TopicPartition:
        if message.topic not in self._counts:
            ends = await self._bus.end_offsets(message.topic)
            self._lanes |= {partition: _Lane(end) for partition, end in ends.items()}
            self._counts[message.topic] = len(ends)
        return TopicPartition(message.topic, partition_of(message.key, self._counts[message.topic]))

    async def _ask(self, partition: TopicPartition) -> None:
        """Ask for committed offsets.

        They only grow: an old answer errs on the safe side and is renewed only when it is too small.
        """
        now = asyncio.get_running_loop().time()
        if now - self._asked.get(partition, 0.0) < ASK_SECONDS:
            return
        lanes = [TopicPartition(partition.topic, number) for number in range(self._counts[partition.topic])]
        read: dict[TopicPartition, list[int]] = {lane: [] for lane in lanes}
        for group in self._groups[partition.topic]:
            committed = await self._bus.group_offsets(group, lanes)
            rebuilding = await self._bus.group_offsets(rebuild_group(group), lanes)
            for lane in lanes:
                read[lane].append(committed[lane][0] if lane in committed else 0)
                if lane in rebuilding and rebuilding[lane][1] != DONE:
                    read[lane].append(rebuilding[lane][0])
        for lane in lanes:
            self._lanes[lane].read = min(read[lane])
            self._asked[lane] = now
