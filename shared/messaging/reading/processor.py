"""What a runner needs of whoever takes its records."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.db.engine import Database
from shared.messaging.bus.interface import Record


@dataclass(frozen=True, slots=True)
class PartitionView:
    """What the reader knows of the topics at the time of a batch. Keys are `(topic, partition)`.

    `ends`: the offset after the last record. `catching_up`: partitions that were begun at the beginning and have not
    reached their end yet: compaction may have taken versions away, so that a gap there is no news.
    """

    cluster_id: str = ""
    ends: Mapping[tuple[str, int], int] = field(default_factory=dict)
    catching_up: Collection[tuple[str, int]] = ()


class TooManyDeadLetters(Exception):
    """So many records in a row could not be taken that the fault is likely ours: nothing more is read."""


class BatchProcessor(Protocol):
    """What a runner hands records to: a StateProcessor (states) or an InboundProcessor (events from the county)."""

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
