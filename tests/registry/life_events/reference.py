"""A person's history computed the slow way, to compare the product's with: event by event, one step for each book.

It knows nothing of spans that are closed or entries that are kept: it writes down where somebody belongs after each
event, and reads everything else off the differences.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.registry.builders import BOOKS_OPENED_ON, FAR, SISTER, VILLAGE

BOOKS = ("residence", "registration")
At = tuple[str, str]
"""A code and how one belongs there."""


@dataclass(frozen=True)
class Happened:
    """One event as a clerk tells it."""

    kind: str
    day: date
    residence: At | None = None
    registration: At | None = None
    books: frozenset[str] = frozenset()

    def place(self, book: str) -> At | None:
        return self.residence if book == "residence" else self.registration


@dataclass(frozen=True)
class Life:
    """What the events add up to. Lines are net: (book, kind, village, day) → amount, zero left out."""

    status: str
    died_on: date | None
    spans: dict[str, list[tuple[str, str, date, date | None]]]
    lines: Counter[tuple[str, str, str, date]]


class Contradiction(Exception):
    """The events do not hold together; the message is the code of what the last one told does wrong by itself."""


def village(at: At | None) -> str | None:
    """The village of ours in which one is counted."""
    return at[0][:12] if at is not None and len(at[0]) >= 12 else None


def tell(history: Sequence[Happened]) -> Life:
    """The life that these events, given in the order of recording, add up to. Raises `Contradiction`."""
    ordered = [event for _, event in sorted(enumerate(history), key=lambda pair: (pair[1].day, pair[0]))]
    where: dict[str, list[tuple[date, At | None, str]]] = {book: [] for book in BOOKS}
    for number, event in enumerate(ordered):
        if any(one.kind == "death" for one in ordered[:number]):
            raise Contradiction("person_deceased")
        if (number == 0) != (event.kind in ("birth", "enrolled")) and not (number == 0 and event.kind == "move_in"):
            raise Contradiction("event_out_of_order")
        moved = False
        for book in BOOKS:
            before = where[book][-1][1] if where[book] else None
            after = before
            if event.kind == "death" or (event.kind == "move_out" and book in event.books and village(before)):
                after = None
            elif event.kind in ("birth", "enrolled", "move_in") and event.place(book) is not None:
                after = event.place(book)
                if after == before:
                    raise Contradiction("person_already_active")
            moved = moved or after != before
            where[book].append((event.day, after, event.kind))
        if event.kind == "move_out" and not moved:
            raise Contradiction("person_not_active")
    died = next((event.day for event in ordered if event.kind == "death"), None)
    here = any(village(steps[-1][1]) for steps in where.values())
    status = "deceased" if died else "active" if here else "moved_out"
    return Life(status, died, {book: _spans(where[book]) for book in BOOKS}, _lines(where))


def _spans(steps: list[tuple[date, At | None, str]]) -> list[tuple[str, str, date, date | None]]:
    spans: list[tuple[str, str, date, date | None]] = []
    place: At | None = None
    for day, after, _ in steps:
        if after == place:
            continue
        if place is not None:
            spans[-1] = (*spans[-1][:3], day)
        if after is not None:
            spans.append((*after, day, None))
        place = after
    return spans


def _lines(where: dict[str, list[tuple[date, At | None, str]]]) -> Counter[tuple[str, str, str, date]]:
    lines: Counter[tuple[str, str, str, date]] = Counter()
    for book, steps in where.items():
        origin: str | None = None
        for day, after, kind in steps:
            target = village(after)
            if origin != target:
                if origin and target:
                    lines[(book, "transfer_out", origin, day)] -= 1
                    lines[(book, "transfer_in", target, day)] += 1
                elif target:
                    opening = "opening" if day <= BOOKS_OPENED_ON else "correction"
                    lines[(book, {"birth": "birth", "enrolled": opening}.get(kind, "in"), target, day)] += 1
                elif origin:
                    lines[(book, "death" if kind == "death" else "out", origin, day)] -= 1
            origin = target
    return Counter({line: amount for line, amount in lines.items() if amount})


RESIDENCES: tuple[At, ...] = (
    (VILLAGE, "registered"),
    (VILLAGE, "floating"),
    (VILLAGE + "001", "registered"),
    (VILLAGE + "002", "registered"),
    (SISTER, "registered"),
    (FAR, "registered"),
)
REGISTRATIONS: tuple[At, ...] = ((VILLAGE, "household"), (FAR, "household"), ("431024", "household"))


def an_entry(dice: random.Random) -> Happened:
    """How somebody comes into the register in the first days of the year, with a place of ours in one book at least."""
    residence = dice.choice((*RESIDENCES, None))
    registration = dice.choice(REGISTRATIONS[:2] if residence is None else (*REGISTRATIONS, None))
    day = BOOKS_OPENED_ON + timedelta(days=dice.randrange(0, 20))
    return Happened(dice.choice(("enrolled", "move_in")), day, residence, registration)


def an_event(dice: random.Random) -> Happened:
    """Anything that can happen later, on any day, also on one before what was told already."""
    day = BOOKS_OPENED_ON + timedelta(days=dice.randrange(0, 40))
    kind = dice.choices(("move_in", "move_out", "death"), (6, 4, 1))[0]
    match kind:
        case "move_in":
            residence, registration = dice.choice([(True, False), (True, False), (False, True), (True, True)])
            return Happened(
                kind,
                day,
                dice.choice(RESIDENCES) if residence else None,
                dice.choice(REGISTRATIONS) if registration else None,
            )
        case "move_out":
            return Happened(kind, day, books=frozenset(dice.sample(BOOKS, dice.randint(1, 2))))
        case _:
            return Happened(kind, day)


def refusal_of(history: Sequence[Happened], event: Happened) -> str | None:
    """The code with which the event is refused after these, or None."""
    try:
        tell([*history, event])
    except Contradiction as contradiction:
        later = any(event.day < one.day for one in history)
        return "event_out_of_order" if later else str(contradiction)
    return None
