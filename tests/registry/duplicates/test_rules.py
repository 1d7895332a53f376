"""Rules of duplicates: how a pair moves, what is compared, who takes whose place in a household."""

from datetime import date
from itertools import product
from uuid import UUID

import pytest

from services.registry.duplicates.domain import (
    TRANSITIONS,
    DuplicateStatus,
    DuplicateTransitionRefused,
    require_transition,
)
from services.registry.households.domain import Member, take_over
from services.registry.life_events.domain import (
    EventHistory,
    LifeEvent,
    LifeEventKind,
    PersonMerged,
    Place,
)
from services.registry.persons.domain.likeness import Features, Likeness, compared, likeness
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book, PostingKind
from tests.registry.builders import VILLAGE

ALLOWED = {
    ("open", "proposed"),
    ("open", "different"),
    ("open", "unsure"),
    ("unsure", "proposed"),
    ("unsure", "different"),
    ("unsure", "open"),
    ("different", "open"),
    ("proposed", "same"),
    ("proposed", "open"),
    ("same", "open"),
}


def test_a_pair_moves_as_the_table_says_and_not_otherwise() -> None:
    assert set(TRANSITIONS) == set(DuplicateStatus)
    for present, to in product(DuplicateStatus, DuplicateStatus):
        if (present, to) in ALLOWED:
            require_transition(present, to)
        else:
            with pytest.raises(DuplicateTransitionRefused):
                require_transition(present, to)


def features(**what: object) -> Features:
    fields = {
        "name": "覃秀英",
        "sex": "2",
        "birth_date": date(1960, 5, 17),
        "phone": None,
        "address": None,
        "villages": frozenset({VILLAGE}),
        "numbered": True,
    }
    return Features(**(fields | what))  # type: ignore[arg-type]  # the fields are named above


def test_two_numbers_speak_against_and_kin_and_household_for_it() -> None:
    one = features()
    assert likeness(one, one) == {}, "before somebody is entered two numbers say that they are two"
    told = compared(one, one, household=True, kin=True)
    assert told == {
        Likeness.NAME: 45,
        Likeness.BIRTH_DATE: 35,
        Likeness.VILLAGE: 5,
        Likeness.HOUSEHOLD: 10,
        Likeness.KIN: 15,
        Likeness.NUMBER: -60,
    }
    assert Likeness.NUMBER not in compared(one, features(numbered=False))
    assert compared(one, features(name="莫大山", villages=frozenset())) == {
        Likeness.BIRTH_DATE: 35,
        Likeness.NUMBER: -60,
    }


def an_event(kind: LifeEventKind, day: date, order: int, **what: object) -> LifeEvent:
    return LifeEvent(UUID(int=order), kind, day, day, order, **what)  # type: ignore[arg-type]


def test_a_merge_ends_every_span_and_leaves_both_books_by_its_own_kind() -> None:
    place, home = Place(VILLAGE, "registered"), Place(VILLAGE, "household")
    entry = an_event(LifeEventKind.ENROLLED, date(2026, 2, 1), 1, residence=place, registration=home)
    merge = an_event(LifeEventKind.MERGED, date(2026, 3, 1), 2, merged_into=UUID(int=9))
    history = EventHistory.of([entry, merge], books_opened_on=date(2026, 1, 1))
    assert (history.status, history.merged_into, history.died_on) == (PersonStatus.MERGED, UUID(int=9), None)
    left = [(one.book, one.kind, one.amount, one.occurred_on) for one in history.entries if one.amount < 0]
    assert left == [(book, PostingKind.MERGED, -1, date(2026, 3, 1)) for book in Book]
    assert all(history.open(book) is None for book in Book)
    for kind in (LifeEventKind.MOVE_IN, LifeEventKind.DEATH, LifeEventKind.MISSING, LifeEventKind.MERGED):
        with pytest.raises(PersonMerged):
            EventHistory.of([entry, merge, an_event(kind, date(2026, 3, 2), 3)], books_opened_on=None)
    gone = an_event(LifeEventKind.MISSING, date(2026, 2, 2), 2)
    later = an_event(LifeEventKind.MERGED, date(2026, 3, 1), 3, merged_into=UUID(int=9))
    assert EventHistory.of([entry, gone, later], books_opened_on=None).status is PersonStatus.MERGED


A, B, C = (UUID(int=number) for number in (1, 2, 3))
FIRST, ON = date(2026, 1, 1), date(2026, 3, 1)


def test_who_is_outside_takes_the_place_with_its_relation() -> None:
    members = [Member(A, "02", FIRST), Member(C, "30", FIRST)]
    assert take_over(members, C, B, ON) == [
        Member(A, "02", FIRST),
        Member(C, "30", FIRST, ON),
        Member(B, "30", ON),
    ]


def test_the_head_is_followed_by_the_survivor_and_everybody_has_the_relation_of_before() -> None:
    members = [Member(A, "02", FIRST), Member(C, "30", FIRST), Member(UUID(int=4), "30", ON)]
    assert take_over(members, A, B, ON) == [
        Member(A, "02", FIRST, ON),
        Member(C, "30", FIRST, ON),
        Member(UUID(int=4), "30", ON),
        Member(B, "02", ON),
        Member(C, "30", ON),
    ]


def test_who_is_inside_keeps_the_own_relation_or_becomes_the_head() -> None:
    members = [Member(A, "02", FIRST), Member(B, "30", FIRST), Member(C, "31", FIRST)]
    assert take_over(members, C, B, ON) == [members[0], members[1], Member(C, "31", FIRST, ON)]
    assert take_over(members, A, B, ON) == [
        Member(A, "02", FIRST, ON),
        Member(B, "30", FIRST, ON),
        Member(C, "31", FIRST, ON),
        Member(B, "02", ON),
        Member(C, "31", ON),
    ]
