"""The history of a person: what happened, in order, and what the ledger must say of it."""

from datetime import date
from uuid import uuid4

import pytest

from services.registry.life_events.domain import (
    REGISTERED_PLACE,
    EventHistory,
    EventInFuture,
    EventOutOfOrder,
    LifeEvent,
    LifeEventKind,
    PersonAlreadyActive,
    PersonDeceased,
    PersonNotActive,
    Place,
    check_dates,
    record,
)
from services.registry.postings.domain import Posted, lines_to_enter
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book, PostingKind
from shared.errors import DomainError
from tests.registry.builders import BOOKS_OPENED_ON, FAR, SISTER, VILLAGE

BOTH = frozenset(Book)


def an_event(kind: LifeEventKind, day: date, order: int = 1, **what: object) -> LifeEvent:
    fields: dict[str, object] = {"leaves": BOTH if kind is LifeEventKind.MOVE_OUT else frozenset()}
    if kind not in (LifeEventKind.MOVE_OUT, LifeEventKind.DEATH):
        fields |= {"residence": Place(VILLAGE, "registered"), "registration": Place(VILLAGE, REGISTERED_PLACE)}
    fields |= what
    return LifeEvent(id=uuid4(), kind=kind, occurred_on=day, reported_on=day, order=order, **fields)  # type: ignore[arg-type]


def told(*events: LifeEvent) -> EventHistory:
    return EventHistory.of(events, books_opened_on=BOOKS_OPENED_ON)


def entries(history: EventHistory, book: Book) -> list[tuple[str, str, int]]:
    return [(str(one.kind), one.area, one.amount) for one in history.entries if one.book is book]


JANUARY, FEBRUARY, MARCH = date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 10)


@pytest.mark.parametrize(
    ("kind", "day", "posting"),
    [
        (LifeEventKind.BIRTH, JANUARY, PostingKind.BIRTH),
        (LifeEventKind.MOVE_IN, JANUARY, PostingKind.IN),
        (LifeEventKind.ENROLLED, BOOKS_OPENED_ON, PostingKind.OPENING),
        (LifeEventKind.ENROLLED, date(2026, 1, 2), PostingKind.CORRECTION),
    ],
)
def test_how_somebody_entered_decides_the_posting(kind: LifeEventKind, day: date, posting: PostingKind) -> None:
    history = told(an_event(kind, day))
    assert history.status is PersonStatus.ACTIVE
    for book in Book:
        assert entries(history, book) == [(posting, VILLAGE, 1)]


def test_without_an_opening_day_enrolment_is_a_correction() -> None:
    history = EventHistory.of([an_event(LifeEventKind.ENROLLED, JANUARY)], books_opened_on=None)
    assert {one.kind for one in history.entries} == {PostingKind.CORRECTION}


def test_a_registered_place_elsewhere_is_told_but_not_counted() -> None:
    history = told(an_event(LifeEventKind.MOVE_IN, JANUARY, registration=Place("431024", REGISTERED_PLACE)))
    assert entries(history, Book.REGISTRATION) == []
    assert history.spans[Book.REGISTRATION][0].area == "431024"
    left = told(
        an_event(LifeEventKind.MOVE_IN, JANUARY, registration=Place("431024", REGISTERED_PLACE)),
        an_event(LifeEventKind.MOVE_OUT, FEBRUARY, 2),
    )
    assert left.status is PersonStatus.MOVED_OUT
    assert entries(left, Book.REGISTRATION) == []


def test_who_stays_registered_here_stays_active() -> None:
    history = told(
        an_event(LifeEventKind.ENROLLED, BOOKS_OPENED_ON),
        an_event(LifeEventKind.MOVE_OUT, FEBRUARY, 2, leaves=frozenset({Book.RESIDENCE})),
    )
    assert history.status is PersonStatus.ACTIVE
    assert entries(history, Book.RESIDENCE) == [("opening", VILLAGE, 1), ("out", VILLAGE, -1)]
    assert entries(history, Book.REGISTRATION) == [("opening", VILLAGE, 1)]
    assert history.spans[Book.RESIDENCE][-1].end == FEBRUARY


def test_a_move_between_villages_of_ours_is_a_transfer() -> None:
    history = told(
        an_event(LifeEventKind.ENROLLED, BOOKS_OPENED_ON),
        an_event(LifeEventKind.MOVE_IN, FEBRUARY, 2, residence=Place(FAR, "registered"), registration=None),
    )
    assert entries(history, Book.RESIDENCE) == [
        ("opening", VILLAGE, 1),
        ("transfer_out", VILLAGE, -1),
        ("transfer_in", FAR, 1),
    ]
    assert [(one.counterpart) for one in history.entries if one.counterpart] == [FAR, VILLAGE]


def test_a_move_between_grids_of_a_village_posts_nothing() -> None:
    history = told(
        an_event(LifeEventKind.ENROLLED, BOOKS_OPENED_ON, residence=Place(VILLAGE + "001", "registered")),
        an_event(LifeEventKind.MOVE_IN, FEBRUARY, 2, residence=Place(VILLAGE + "002", "registered"), registration=None),
    )
    assert entries(history, Book.RESIDENCE) == [("opening", VILLAGE, 1)]
    assert [span.area[-3:] for span in history.spans[Book.RESIDENCE]] == ["001", "002"]


def test_a_death_ends_both_books() -> None:
    history = told(an_event(LifeEventKind.ENROLLED, BOOKS_OPENED_ON), an_event(LifeEventKind.DEATH, FEBRUARY, 2))
    assert history.status is PersonStatus.DECEASED
    assert history.died_on == FEBRUARY
    for book in Book:
        assert entries(history, book)[-1] == ("death", VILLAGE, -1)


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (an_event(LifeEventKind.MOVE_IN, MARCH, 2), PersonAlreadyActive),
        (an_event(LifeEventKind.MOVE_OUT, date(2025, 12, 31), 2), EventOutOfOrder),
        (an_event(LifeEventKind.DEATH, date(2025, 12, 31), 2), EventOutOfOrder),
        (an_event(LifeEventKind.BIRTH, MARCH, 2), EventOutOfOrder),
    ],
)
def test_what_contradicts_a_history_is_refused(event: LifeEvent, error: type[DomainError]) -> None:
    with pytest.raises(error):
        record([an_event(LifeEventKind.ENROLLED, BOOKS_OPENED_ON)], event, books_opened_on=BOOKS_OPENED_ON)


def test_nothing_happens_after_a_death_and_nobody_leaves_twice() -> None:
    entered = an_event(LifeEventKind.ENROLLED, BOOKS_OPENED_ON)
    with pytest.raises(PersonDeceased):
        record(
            [entered, an_event(LifeEventKind.DEATH, FEBRUARY, 2)],
            an_event(LifeEventKind.MOVE_IN, MARCH, 3),
            books_opened_on=BOOKS_OPENED_ON,
        )
    with pytest.raises(PersonNotActive):
        record(
            [entered, an_event(LifeEventKind.MOVE_OUT, FEBRUARY, 2)],
            an_event(LifeEventKind.MOVE_OUT, MARCH, 3),
            books_opened_on=BOOKS_OPENED_ON,
        )


def test_a_back_dated_death_before_a_later_move_is_out_of_order() -> None:
    events = [an_event(LifeEventKind.ENROLLED, BOOKS_OPENED_ON), an_event(LifeEventKind.MOVE_OUT, MARCH, 2)]
    with pytest.raises(EventOutOfOrder):
        record(events, an_event(LifeEventKind.DEATH, FEBRUARY, 3), books_opened_on=BOOKS_OPENED_ON)


def test_a_back_dated_departure_before_a_transfer_is_accepted_and_the_ledger_corrects_itself() -> None:
    """He had left in January already and came to the other village from outside, not from ours."""
    events = [
        an_event(LifeEventKind.ENROLLED, BOOKS_OPENED_ON),
        an_event(LifeEventKind.MOVE_IN, MARCH, 2, residence=Place(SISTER, "registered"), registration=None),
    ]
    before = told(*events)
    ledger = [Posted(uuid4(), one) for one in before.entries]
    left = an_event(LifeEventKind.MOVE_OUT, JANUARY, 3, leaves=frozenset({Book.RESIDENCE}))
    after = record(events, left, books_opened_on=BOOKS_OPENED_ON)
    assert entries(after, Book.RESIDENCE) == [("opening", VILLAGE, 1), ("out", VILLAGE, -1), ("in", SISTER, 1)]
    lines = lines_to_enter(ledger, after.entries)
    assert sorted(
        (str(one.entry.kind), one.entry.area, one.entry.amount, one.reverses is not None) for one in lines
    ) == [
        ("in", SISTER, 1, False),
        ("out", VILLAGE, -1, False),
        ("transfer_in", SISTER, -1, True),
        ("transfer_out", VILLAGE, 1, True),
    ]
    assert lines_to_enter([*ledger, *(Posted(uuid4(), one.entry, one.reverses) for one in lines)], after.entries) == []


@pytest.mark.parametrize(
    ("occurred", "reported"),
    [(date(2026, 3, 17), date(2026, 3, 17)), (date(2026, 3, 10), date(2026, 3, 9)), (MARCH, date(2026, 3, 17))],
)
def test_only_what_has_happened_is_recorded(occurred: date, reported: date) -> None:
    with pytest.raises(EventInFuture):
        check_dates(occurred, reported, date(2026, 3, 16), birth_date=None)
