"""Rules of a sync (同步): what a cursor holds, who is in what a phone asked for, and when it begins anew.

A cursor names a snapshot of the database, not a time or a number: what was committed late, by a transaction that had
begun before, is not in it and comes with the next sync.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.reference.areas import VILLAGE_DIGITS

OLDEST = timedelta(days=30)
"""A cursor from before begins anew. Departures are kept for thrice as long: a run itself may have taken as long."""
LONGEST = 300
"""Characters of a snapshot in a cursor. A longer one is shortened: then more is told again than has changed."""

ALIVE = frozenset({PersonStatus.ACTIVE, PersonStatus.MISSING, PersonStatus.MOVED_OUT})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands, or stood: status and places. `listed` in `persons/repository/conditions.py`, in Python."""

    status: str
    residence_area: str | None
    residence_until: date | None
    registration_area: str | None
    registration_until: date | None

    def area_in(self, book: Book) -> str | None:
        return self.residence_area if book is Book.RESIDENCE else self.registration_area

    def stands(self, book: Book, status: PersonStatus) -> bool:
        """Whether the status is the person's in this one book."""
        until = self.residence_until if book is Book.RESIDENCE else self.registration_until
        if len(self.area_in(book) or "") < VILLAGE_DIGITS:
            return False
        match status:
            case PersonStatus.ACTIVE | PersonStatus.MISSING:
                return self.status == status and until is None
            case PersonStatus.MOVED_OUT:
                return self.status in ALIVE and until is not None
            case _:
                return self.status == status


@dataclass(frozen=True, slots=True)
class SyncCursor:
    """What a phone holds, and how far it is.

    `lineage`: the database, as it came to be: after a restore its transactions begin again. `on`: the day of the
    beginning. `held`: the snapshot of which the phone holds everything; None while it is given everything for the first
    time. `run`: the snapshot that it will hold everything of once this run is over; None between runs. `after`: the
    last row of the run.
    """

    lineage: str
    mark: str
    on: date
    held: str | None
    run: str | None = None
    after: Sequence[Any] | None = None

    @property
    def values(self) -> Sequence[Any]:
        """As a sealed cursor holds it."""
        return self.lineage, self.mark, self.on, self.held, self.run, self.after

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        lineage, mark, on, *rest = values
        return cls(lineage, mark, date.fromisoformat(on), *rest)

    def serves(self, mark: str, *, on: date) -> bool:
        """Whether the phone may go on: the same is asked for under the same grants, and it was not away too long."""
        return self.mark == mark and self.on + OLDEST >= on


def shortened(snapshot: str) -> str:
    """A snapshot that a cursor has room for: of a long one only what was over before the oldest that was under way."""
    oldest = snapshot.split(":", 1)[0]
    return snapshot if len(snapshot) <= LONGEST else f"{oldest}:{oldest}:"


def stood(departures: Sequence[Mapping[str, Any]]) -> Sequence[Standing]:
    """Where somebody stood before each of these changes."""
    return [
        Standing(
            one["status"],
            one["residence_area"],
            _day(one["residence_until"]),
            one["registration_area"],
            _day(one["registration_until"]),
        )
        for one in departures
    ]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
