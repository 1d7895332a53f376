"""A log that was cut below a reader's position: what it had not read yet is gone, and no version says so by a gap."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.structs import TopicPartition

from shared.contracts.catalogue import TOPICS, TopicKind, counted_as
from shared.messaging.bus.interface import Consumer
from shared.observability import metrics
from shared.observability.logging import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cut:
    """Partition whose records from `position` on were deleted before they were read; what is left begins at `begin`.

    `position` beyond the end: the topic was deleted and made anew.
    """

    noun: str
    topic: str
    partition: int
    position: int
    begin: int


OnCut = Callable[[Sequence[Cut], str], Awaitable[None]]
"""`(cuts, cluster id)`: told before anything of these partitions is read; what it raises is tried again."""


async def cuts_of(
    consumer: Consumer, positions: Mapping[TopicPartition, int], nouns: Mapping[str, str]
) -> Sequence[Cut]:
    """Which of these partitions were cut below their positions. `nouns`: noun of each complete topic name.

    States are compacted and never deleted, so whoever begins with them begins at 0. What county systems send in is
    deleted after a week: a reader that never read it has lost nothing.
    """
    begins = await consumer.beginning_offsets(positions)
    ends = await consumer.end_offsets(positions)
    return [
        Cut(nouns[tp.topic], tp.topic, tp.partition, position, begins[tp])
        for tp, position in sorted(positions.items())
        if tp.topic in nouns and (position < begins[tp] or position > ends[tp])
    ]


def of_states(cuts: Sequence[Cut]) -> frozenset[str]:
    """The nouns whose owners can announce again what was deleted."""
    return frozenset(one.noun for one in cuts if TOPICS[one.noun].kind is TopicKind.STATES)


class CutWatch:
    """Watch over the cuts of one consumer's partitions: logged, counted, and told to whoever can mend them."""

    def __init__(self, nouns: Mapping[str, str], on_cut: OnCut | None) -> None:
        self._nouns = nouns
        self._on_cut = on_cut

    async def tell(self, cuts: Sequence[Cut], cluster_id: str) -> None:
        """Tell of cuts. Raises what `on_cut` raises: then nothing was said."""
        if cuts and self._on_cut is not None:
            await self._on_cut(cuts, cluster_id)
        for one in cuts:
            metrics.LOGS_CUT.labels(counted_as(one.noun)).inc()
            log.critical(
                "log_cut_below_position",
                noun=counted_as(one.noun),
                partition=one.partition,
                position=one.position,
                begins_at=one.begin,
            )

    def look(
        self, consumer: Consumer, jumped: Mapping[TopicPartition, int], cluster_id: str
    ) -> Callable[[], Coroutine[Any, Any, None]]:
        """Look whether a jump of offsets is what compaction leaves, or a log that was cut under us: it begins later."""

        async def looking() -> None:
            await self.tell(await cuts_of(consumer, jumped, self._nouns), cluster_id)

        return looking
