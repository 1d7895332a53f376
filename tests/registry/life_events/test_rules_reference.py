"""Any sequence of events, told in any order, gives the life that the slow reference gives, or the same refusal."""

import random
from collections import Counter
from uuid import uuid4

import pytest

from services.registry.life_events.domain import EventHistory, LifeEvent, LifeEventKind, Place, in_order, record
from services.registry.postings.domain import Posted, lines_to_enter
from shared.contracts.registry.postings import Book
from shared.errors import DomainError
from tests.registry.builders import BOOKS_OPENED_ON
from tests.registry.life_events.reference import BOOKS, At, Happened, Life, an_entry, an_event, refusal_of, tell


def event_of(happened: Happened, order: int) -> LifeEvent:
    def place(at: At | None) -> Place | None:
        return Place(*at) if at else None

    return LifeEvent(
        id=uuid4(),
        kind=LifeEventKind(happened.kind),
        occurred_on=happened.day,
        reported_on=happened.day,
        order=order,
        residence=place(happened.residence),
        registration=place(happened.registration),
        leaves=frozenset(map(Book, happened.books)),
    )


def life_of(line: EventHistory) -> Life:
    spans = {book: [(span.area, span.kind, span.start, span.end) for span in line.spans[Book(book)]] for book in BOOKS}
    lines: Counter[tuple[str, str, str, object]] = Counter()
    for entry in line.entries:
        lines[(str(entry.book), str(entry.kind), entry.area, entry.occurred_on)] += entry.amount
    net = Counter({key: amount for key, amount in lines.items() if amount})
    return Life(str(line.status), line.died_on, spans, net)  # type: ignore[arg-type]  # days are dates


def outcome(events: list[LifeEvent], event: LifeEvent) -> EventHistory | str:
    """The history with the event, or the code of its refusal."""
    try:
        return record(events, event, books_opened_on=BOOKS_OPENED_ON)
    except DomainError as error:
        return error.code


@pytest.mark.parametrize("seed", range(8))
def test_a_history_is_what_the_slow_reference_says(seed: int) -> None:
    """Accepted or refused alike, whatever was told before: 100 lives of up to 12 events, on each of 8 seeds."""
    dice = random.Random(seed)
    accepted, refused = Counter[str](), Counter[str]()
    back_dated = 0
    for _ in range(100):
        told = [an_entry(dice)]
        events = [event_of(told[0], 1)]
        ledger: list[Posted] = []
        for _ in range(dice.randrange(1, 12)):
            happened = an_event(dice)
            event = event_of(happened, len(events) + 1)
            expected = refusal_of(told, happened)
            line = outcome(events, event)
            if isinstance(line, str):
                assert line == expected, (told, happened)
                refused[line] += 1
                continue
            assert expected is None, (told, happened)
            back_dated += any(happened.day < one.day for one in told)
            accepted[happened.kind] += 1
            told.append(happened)
            events.append(event)
            assert life_of(line) == tell(told), told
            ledger += [Posted(uuid4(), new.entry, new.reverses) for new in lines_to_enter(ledger, line.entries)]
            assert net(ledger) == tell(told).lines, told
    assert min(accepted[kind] for kind in ("move_in", "move_out", "death")) > 10
    assert back_dated > 10
    assert min(refused[code] for code in REFUSED) > 0


REFUSED = ("event_out_of_order", "person_already_active", "person_deceased", "person_not_active")


def net(ledger: list[Posted]) -> Counter[tuple[str, str, str, object]]:
    sums: Counter[tuple[str, str, str, object]] = Counter()
    for posted in ledger:
        entry = posted.entry
        sums[(str(entry.book), str(entry.kind), entry.area, entry.occurred_on)] += entry.amount
    return Counter({key: amount for key, amount in sums.items() if amount})


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_telling_matters_within_a_day_only(seed: int) -> None:
    """Events of different days give one life, in whatever order they are told, as long as each step is accepted."""
    dice = random.Random(seed)
    compared = 0
    for _ in range(300):
        told = [an_entry(dice)]
        days = {told[0].day}
        for _ in range(6):
            happened = an_event(dice)
            if happened.day not in days and refusal_of(told, happened) is None:
                told.append(happened)
                days.add(happened.day)
        shuffled = [told[0], *dice.sample(told[1:], len(told) - 1)]
        lines = [
            EventHistory.of(
                [event_of(one, order) for order, one in enumerate(some, 1)], books_opened_on=BOOKS_OPENED_ON
            )
            for some in (told, shuffled)
        ]
        assert life_of(lines[0]) == life_of(lines[1])
        compared += len(told) > 2
    assert compared > 100


def test_within_a_day_the_order_of_recording_decides() -> None:
    first = event_of(Happened("enrolled", BOOKS_OPENED_ON, ("450481100201", "registered")), 1)
    out = event_of(Happened("move_out", BOOKS_OPENED_ON, books=frozenset(BOOKS)), 2)
    back = event_of(Happened("move_in", BOOKS_OPENED_ON, ("450481100202", "registered")), 3)
    assert in_order([back, out, first]) == [first, out, back]
