"""Start offsets of a consumer after an assignment."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka.structs import TopicPartition
from sqlalchemy import select

from shared.contracts.catalogue import TOPICS
from shared.messaging.bus.interface import Consumer
from shared.messaging.reading.cuts import Cut, cuts_of
from shared.messaging.reading.processor import BatchProcessor
from shared.messaging.reading.progress import ConsumerProgress


@dataclass
class StartOffsets:
    """Start offsets: the broker (cluster id), and the partitions read from the beginning, with their end then.

    `cuts`: what was deleted before it was read.
    """

    cluster_id: str = ""
    catching_up: dict[tuple[str, int], int] = field(default_factory=dict)
    cuts: Sequence[Cut] = ()

    def reached(self, positions: Mapping[tuple[str, int], int]) -> None:
        """Note progress: a partition that reached the end it had is no longer catching up."""
        for lane, position in positions.items():
            if position >= self.catching_up.get(lane, position + 1):
                del self.catching_up[lane]


async def seek_start_offsets(consumer: Consumer, processor: BatchProcessor, cluster_id: str) -> StartOffsets:
    """Seek to the start offset of every assigned partition.

    That is the beginning if this database never read the partition of this broker: the broker is new, or the database
    is, or was cut below what this database had read. Otherwise the committed offset, or that of the database if it is
    lower (it came out of a backup).
    """
    nouns = processor.nouns
    mine = sorted(consumer.assignment())
    if not mine:
        return StartOffsets(cluster_id)
    async with processor.database.session() as session:
        found = await session.execute(
            select(ConsumerProgress.topic, ConsumerProgress.partition, ConsumerProgress.position).where(
                ConsumerProgress.reader == processor.reader, ConsumerProgress.cluster_id == cluster_id
            )
        )
        known = {TopicPartition(topic, partition): position for topic, partition, position in found}
    committed = dict(zip(mine, await asyncio.gather(*map(consumer.committed, mine)), strict=True))
    kept_for_ever = {tp for tp in mine if TOPICS[nouns[tp.topic]].compacted}
    cuts = await cuts_of(consumer, {tp: known.get(tp, 0) for tp in mine if tp in known or tp in kept_for_ever}, nouns)
    cut = {TopicPartition(one.topic, one.partition) for one in cuts}
    again = [tp for tp in mine if tp not in known or committed[tp] is None or tp in cut]
    for tp in mine:
        offset = committed[tp]
        if tp not in again and offset is not None and known[tp] < offset:
            consumer.seek(tp, known[tp])
    if not again:
        return StartOffsets(cluster_id, cuts=cuts)
    if await consumer.seek_to_beginning(*again) is False:  # aiokafka gives up without a word
        raise TimeoutError("the offsets of the beginnings did not arrive")
    ends = await consumer.end_offsets(again)
    return StartOffsets(cluster_id, {(tp.topic, tp.partition): end for tp, end in ends.items() if end > 0}, cuts)
