"""What a runner needs of whoever takes its records."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from shared.db.engine import Database
from shared.messaging.bus.interface import Record
from shared.messaging.projection.projector import View


class Takes(Protocol):
    """What a runner hands records to: a Taker (states) or an InboundTaker (events from the county)."""

    moved: Callable[[], None]

    @property
    def nouns(self) -> Mapping[str, str]:
        """The noun of each complete topic name that is read."""
        ...

    @property
    def database(self) -> Database: ...
    @property
    def reader(self) -> str: ...
    async def take(self, records: Sequence[Record], view: View | None = None) -> None: ...
    async def housekeep(self) -> None: ...
