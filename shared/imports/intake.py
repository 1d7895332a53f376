"""What an import needs to know of the noun that it fills: columns, how rows are judged, how they are taken in."""

from abc import ABC, abstractmethod
from array import array
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
    """What stood further up in the table, by eight bytes of keyed digests: a million rows are held in 16 MiB.

    A hash table with open addressing: a dict of as many integers takes eight times the memory. Digests are keyed, so
    that nobody can write rows that fall into one place.
    """

    def __init__(self) -> None:
        self._places = array("Q", [0]) * (1 << 10)
        self._held = 0
        self._repeated: Counter[int] = Counter()

    def count(self, digest: bytes) -> int:
        """How often this stood above, counting it from now on."""
        key = int.from_bytes(digest[:8]) or 1  # 0 is an empty place
        places = self._places
        at = self._place(key)
        if places[at] == key:
            self._repeated[key] += 1
            return self._repeated[key]
        places[at] = key
        self._held += 1
        if self._held * 3 > len(places) * 2:
            self._grow()
        return 0

    def _place(self, key: int) -> int:
        """Where it lies, or the empty place where it would."""
        places = self._places
        last = len(places) - 1
        at = key & last
        while places[at] not in (0, key):
            at = (at + 1) & last
        return at

    def _grow(self) -> None:
        before, self._places = self._places, array("Q", [0]) * (2 * len(self._places))
        for key in before:
            if key:
                self._places[self._place(key)] = key


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
