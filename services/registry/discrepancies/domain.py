"""Rules of discrepancies (账实不符): how one moves, and what it is refused for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode


class DiscrepancyStatus(NamedCode):
    """Where a discrepancy stands. `gone`: a later check found ledger and stock equal."""

    OPEN = "open", "待核实"
    EXPLAINED = "explained", "已说明"
    GONE = "gone", "已消除"


TRANSITIONS: Mapping[DiscrepancyStatus, frozenset[DiscrepancyStatus]] = {
    DiscrepancyStatus.OPEN: frozenset({DiscrepancyStatus.EXPLAINED, DiscrepancyStatus.GONE}),
    DiscrepancyStatus.EXPLAINED: frozenset({DiscrepancyStatus.OPEN, DiscrepancyStatus.GONE}),
    DiscrepancyStatus.GONE: frozenset(),
}
"""An explained one is open again if the numbers have changed since."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a village's ledger adds up to in a book, and how many persons stand in it.

    Of a closed `month`: what its lines add up to, and what was frozen.
    """

    area: str
    book: str
    ledger: int
    stock: int
    month: str | None = None

    @property
    def number(self) -> int:
        """By how many the ledger says more. People come and go meanwhile: both change, this does not."""
        return self.ledger - self.stock


@dataclass(frozen=True, slots=True, repr=False)
class DiscrepancyRecord:
    """A discrepancy as stored. `note`: the explanation, where it is shown."""

    id: UUID
    version: int
    area: str
    book: str
    ledger: int
    stock: int
    status: str
    found_at: datetime
    changed_at: datetime
    explained_by: str | None
    note_sealed: bytes | None
    month: str | None = None
    note: str | None = None

    @property
    def difference(self) -> Difference:
        """The numbers that do not agree."""
        return Difference(self.area, self.book, self.ledger, self.stock, self.month)


class DiscrepancyNotOpen(DomainError):
    """It was explained already, or is gone."""

    kind, code, title = ErrorKind.CONFLICT, "discrepancy_not_open", "该项账实不符已说明或已消除"
    advice = "请刷新后查看；数字再有变化的会重新列出"


def require_transition(present: str, to: DiscrepancyStatus) -> None:
    """Raises `DiscrepancyNotOpen` unless the table allows it."""
    if to not in TRANSITIONS[DiscrepancyStatus(present)]:
        raise DiscrepancyNotOpen
