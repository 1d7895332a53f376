"""Interface between a consumer runner and the batch processor of its records."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.db.engine import Database
from shared.messaging.bus.interface import Record


@dataclass(frozen=True, slots=True)
class PartitionView:
    """State of the partitions at the time of a batch, as the consumer knows it. Keys are `(topic, partition)`.

    `ends`: the offset after the last record. `catching_up`: partitions that were begun at the beginning and have not
    reached their end yet: compaction may have taken versions away, so that a gap is normal there.
    """

    cluster_id: str = ""
    ends: Mapping[tuple[str, int], int] = field(default_factory=dict)
    catching_up: Collection[tuple[str, int]] = ()


class TooManyDeadLetters(Exception):
    """Error: so many records in a row became dead letters that the fault is likely ours: nothing more is read."""


class BatchProcessor(Protocol):
    """Batch processor: a StateProcessor (states) or an InboundProcessor (events from the county)."""

    on_progress: Callable[[], None]

    @property
    def nouns(self) -> Mapping[str, str]:
        """The noun of each complete topic name that is read."""
        ...

    @property
    def database(self) -> Database: ...
    @property
    def reader(self) -> str: ...
    async def process(self, records: Sequence[Record], view: PartitionView | None = None) -> None: ...
    async def housekeep(self) -> None: ...
