"""What an import needs to know of the noun that it fills: columns, how rows are judged, how they are taken in."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Table

from shared.auth.principal import Principal
from shared.errors import FieldError
from shared.imports.tables import ImportRow
from shared.messaging.context import UseCaseContext
from shared.spreadsheets.columns import Column
from shared.spreadsheets.tables import TableRow


class Marked(NamedTuple):
    """A row with the keyed digest of its values, and how many equal ones stand above it."""

    row: TableRow
    digest: bytes
    occurrence: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a row; paths are codes of columns. `known`: what it says is there already, nothing to do."""

    errors: Sequence[FieldError] = ()
    known: bool = False


class Earlier:
    """What stood further up in the table, by eight bytes of keyed digests: a million rows are held in memory."""

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()

    def count(self, digest: bytes) -> int:
        """How often this stood above, counting it from now on."""
        key = int.from_bytes(digest[:8])
        self._seen[key] += 1
        return self._seen[key] - 1


class Intake(ABC):
    """A noun as an import sees it, in one transaction."""

    finishes = False
    """Whether something is left to be done when all rows are in (`finish`)."""
    pays_for_check = False
    """Whether what `judge` asks is paid for, as is what a refused row asked when it was to be taken in."""

    @property
    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """What may stand in the table."""

    @abstractmethod
    async def judge(
        self, rows: Sequence[Marked], repeated: Mapping[int, Sequence[FieldError]]
    ) -> Mapping[int, Verdict]:
        """What is wrong with rows, by their numbers. Nothing is changed.

        A row whose cells were not taken (`row.findings`) stands among them, and is wrong already. `repeated`: what
        `repeats` said of each.
        """

    @abstractmethod
    async def take(self, rows: Sequence[Marked], batch: Sequence[Marked]) -> int:
        """Take rows in by the noun's own use case; returns how many of them were there already.

        `batch`: the rows among which they stand, those included that were taken in before or are left out as wrong.
        Raises the refusal of one; then the transaction is given up.
        """

    @property
    def refused(self) -> Mapping[int, Sequence[FieldError]]:
        """Rows of the last `take` that were answered with a refusal and not taken in, by their numbers."""
        return {}

    async def finish(self) -> None:
        """After the last row was taken in, in the transaction that ends the import; of nouns that say so alone."""
        raise NotImplementedError

    def repeats(self, row: TableRow, earlier: Earlier) -> Sequence[FieldError]:
        """What is wrong with a row by those above it. Asked of every row once, in order; nothing is read."""
        return ()

    def goes_with(self, above: TableRow, row: TableRow) -> bool:
        """Whether a row is judged and taken in together with the one above it."""
        return False

    def column_of(self, path: str) -> str:
        """The code of the column at which an error of the use case stands; empty for one of the whole row."""
        return ""


IntakeOf = Callable[[UseCaseContext, Principal, ImportRow], Awaitable[Intake]]
"""Makes the intake of an import in a transaction. Raises `NotFound` and `Forbidden` for who may not import there."""


@dataclass(frozen=True)
class Target:
    """A kind of things that can be imported: the prefix of `ImportRow.target`, and its intake.

    `fills`: tables that a row is taken into, analysed after many. `left_for`: how long the table that was handed in is
    kept after its import has ended; None: as long as the import.
    """

    prefix: str
    intake: IntakeOf
    fills: Sequence[Table] = ()
    left_for: timedelta | None = None

    def serves(self, target: str) -> bool:
        """Whether imports of this target are its."""
        return target.partition(":")[0] == self.prefix
