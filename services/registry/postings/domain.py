"""The population ledger: lines are added, never changed; what was wrong is reversed by a line of the same kind."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.registry.life_events.domain import Entry


class Basis(StrEnum):
    """Basis of a period (口径): the day on which a line was entered, or the day on which it happened."""

    POSTED = "posted"
    OCCURRED = "occurred"


@dataclass(frozen=True, slots=True)
class Posted:
    """A line that stands in the ledger."""

    id: UUID
    entry: Entry
    reverses: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be entered: `entry`, or the reversal of an earlier line."""

    entry: Entry
    reverses: UUID | None = None


def lines_to_enter(ledger: Sequence[Posted], wanted: Iterable[Entry]) -> list[NewLine]:
    """Lines that bring a person's ledger to the event history: reversals of what no longer holds, then new lines."""
    reversed_ids = {line.reverses for line in ledger if line.reverses is not None}
    standing = [line for line in ledger if line.reverses is None and line.id not in reversed_ids]
    missing = Counter(wanted)
    lines: list[NewLine] = []
    for line in standing:
        if missing[line.entry] > 0:
            missing[line.entry] -= 1
        else:
            lines.append(NewLine(_opposite(line.entry), line.id))
    lines.extend(NewLine(entry) for entry in missing.elements())
    return lines


def _opposite(entry: Entry) -> Entry:
    return Entry(entry.book, entry.kind, entry.area, -entry.amount, entry.occurred_on, entry.counterpart)


@dataclass(frozen=True, slots=True)
class Flow:
    """What the lines of one kind add up to in a period, reversals included, and how much crossed the area's border."""

    kind: str
    amount: int
    crossing: int


@dataclass(frozen=True, slots=True)
class Balance:
    """opening + Σ flows = closing, of one book and area, from the first to the last day (both included)."""

    area: str
    book: str
    basis: Basis
    first: date
    last: date
    opening: int
    flows: tuple[Flow, ...]

    @property
    def closing(self) -> int:
        return self.opening + sum(flow.amount for flow in self.flows)
