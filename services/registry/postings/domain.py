"""Population ledger (人口台账): lines are added, never changed; a wrong one is reversed by another of the same kind."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from services.registry.life_events.domain import Entry
from shared.contracts.registry.postings import Book, PostingKind
from shared.errors import DomainError, ErrorKind


@dataclass(frozen=True, slots=True)
class Posted:
    """A line of the ledger."""

    id: UUID
    entry: Entry
    reverses: UUID | None = None
    elsewhere: bool = False
    late_on: date | None = None

    @property
    def counts_on(self) -> date:
        """The day on which it counts in the books."""
        return self.late_on or self.entry.occurred_on


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be entered: `entry`, or the reversal of an earlier line, which was entered from `elsewhere` perhaps.

    `not_before`: the day on which the line that is reversed counts.
    """

    entry: Entry
    reverses: UUID | None = None
    takes_back_elsewhere: bool = False
    not_before: date | None = None


class BookOfAnotherPlace(DomainError):
    """The event would write the book of a village outside the caller's scope: whoever answers for both may do it."""

    kind, code, title = ErrorKind.CONFLICT, "book_of_another_place", "该人员的居住或户籍登记在其他村（社区）"
    advice = "请只办理本村（社区）的登记；需迁入本地的，请提出迁移申请；其余请由登记所在村（社区）或其上级办理"


def may_come_from_elsewhere(line: NewLine) -> bool:
    """Whether a line may be entered from outside its village: a death, and the residence that an arrival ends.

    Both are known first where somebody died, or lives now; the village is shown such lines apart. What was so entered
    from outside may be taken back from outside: not what the village entered itself, nor what it had asked for.
    """
    entered = line.entry if line.reverses is None else _opposite(line.entry)
    return _is_known_elsewhere(entered) and (line.reverses is None or line.takes_back_elsewhere)


def late_on(line: NewLine, closed_until: Sequence[date | None]) -> date | None:
    """The day on which a line counts if its own is closed: the first of the first open month; else None.

    `closed_until`: of its village, and of the other village of a transfer: both halves count in the same month. A
    reversal counts in no month before the one in which the line counts that it takes back.
    """
    opened = [until + timedelta(days=1) for until in closed_until if until is not None]
    day = max([line.entry.occurred_on, *opened, *([line.not_before] if line.not_before else [])])
    return day if day > line.entry.occurred_on else None


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
            lines.append(NewLine(_opposite(line.entry), line.id, line.elsewhere, line.counts_on))
    lines.extend(NewLine(entry) for entry in missing.elements())
    return lines


def _opposite(entry: Entry) -> Entry:
    return replace(entry, amount=-entry.amount)


def _is_known_elsewhere(entry: Entry) -> bool:
    left = entry.book is Book.RESIDENCE and entry.kind is PostingKind.TRANSFER_OUT
    return entry.amount < 0 and (left or entry.kind is PostingKind.DEATH)
