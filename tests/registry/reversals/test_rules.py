"""Rules of reversals: the full product of moves, what needs two people, what rests on what."""

import random
from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.registry.life_events.domain import (
    EventOutOfOrder,
    LifeEvent,
    LifeEventKind,
    Place,
    ReversalStatus,
    redated,
    remaining,
)
from services.registry.reversals.domain import ReversalDecided, needs_approval, require_transition
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.ids import new_id
from tests.registry.builders import BOOKS_OPENED_ON, FAR, VILLAGE
from tests.registry.life_events.reference import Contradiction, Happened, an_entry, an_event, tell

ALLOWED = {
    (ReversalStatus.REQUESTED, ReversalStatus.DONE),
    (ReversalStatus.REQUESTED, ReversalStatus.REFUSED),
    (ReversalStatus.REQUESTED, ReversalStatus.WITHDRAWN),
}


@pytest.mark.parametrize("present", ReversalStatus)
@pytest.mark.parametrize("to", ReversalStatus)
def test_every_move_is_allowed_or_refused(present: ReversalStatus, to: ReversalStatus) -> None:
    if (present, to) in ALLOWED:
        require_transition(present, to)
    else:
        with pytest.raises(ReversalDecided):
            require_transition(present, to)


def test_a_second_person_is_asked_where_somebody_would_live_again_or_was_never_here() -> None:
    told = {kind: needs_approval(event(kind, 1), None) for kind in LifeEventKind}
    assert told == {
        LifeEventKind.BIRTH: True,
        LifeEventKind.ENROLLED: True,
        LifeEventKind.MOVE_IN: False,
        LifeEventKind.MOVE_OUT: False,
        LifeEventKind.MISSING: False,
        LifeEventKind.FOUND: False,
        LifeEventKind.DEATH: True,
        LifeEventKind.MERGED: False,
        LifeEventKind.BOUNDARY: False,
    }
    assert not any(needs_approval(event(kind, 1), date(2026, 1, 2)) for kind in LifeEventKind)


def event(kind: LifeEventKind, order: int, day: int = 1, **what: object) -> LifeEvent:
    on = BOOKS_OPENED_ON + timedelta(days=day - 1)
    return LifeEvent(new_id(), kind, on, date(2026, 3, 1), order, **what)  # type: ignore[arg-type]


HERE, THERE = Place(VILLAGE, "registered"), Place(FAR, "registered")


def test_what_contradicts_the_rest_without_the_event_rests_on_it() -> None:
    there = event(LifeEventKind.MOVE_IN, 2, 5, residence=THERE)
    back = event(LifeEventKind.MOVE_IN, 3, 9, residence=HERE)
    gone = event(LifeEventKind.MOVE_OUT, 4, 12, leaves=frozenset({Book.RESIDENCE}))
    entry = event(LifeEventKind.ENROLLED, 1, residence=HERE)
    without_move = remaining([entry, back, gone], books_opened_on=BOOKS_OPENED_ON)
    assert [one.id for one in without_move.resting] == [back.id]  # he would be where he is already
    without_end = remaining([entry, there, back], books_opened_on=BOOKS_OPENED_ON)
    assert list(without_end.resting) == []
    assert without_end.history.status is PersonStatus.ACTIVE


def test_nobody_is_left_of_whom_nothing_is_known() -> None:
    rest = remaining([], books_opened_on=BOOKS_OPENED_ON)
    assert (rest.history.status, rest.history.entries, rest.resting) == (PersonStatus.ANNULLED, [], [])


def test_an_event_with_another_day_keeps_its_place_among_those_of_that_day() -> None:
    entry = event(LifeEventKind.ENROLLED, 1, 3, residence=HERE)
    gone = event(LifeEventKind.MOVE_OUT, 2, 4, leaves=frozenset({Book.RESIDENCE}))
    later = redated(entry, gone.occurred_on, id=new_id(), reported_on=entry.reported_on)
    assert list(remaining([gone, later], books_opened_on=None, corrected=later.id).resting) == []
    beyond = redated(entry, date(2026, 2, 1), id=new_id(), reported_on=entry.reported_on)
    rest = remaining([gone, beyond], books_opened_on=None, corrected=beyond.id)
    assert [one.id for one in rest.resting] == [gone.id]
    in_front = redated(gone, date(2025, 12, 1), id=new_id(), reported_on=gone.reported_on)
    with pytest.raises(EventOutOfOrder):
        remaining([entry, in_front], books_opened_on=None, corrected=in_front.id)


def of(happened: Happened, order: int) -> LifeEvent:
    """The same event as the rules take it."""
    return LifeEvent(
        new_id(),
        LifeEventKind(happened.kind),
        happened.day,
        date(2026, 3, 1),
        order,
        residence=Place(*happened.residence) if happened.residence else None,
        registration=Place(*happened.registration) if happened.registration else None,
        leaves=frozenset(Book(book) for book in happened.books),
    )


@pytest.mark.parametrize("seed", range(40))
def test_what_rests_on_an_event_is_what_the_slow_reference_cannot_tell_without_it(seed: int) -> None:
    """Random lives: without any one of their events the rest is as if it had never been told, or it contradicts."""
    dice = random.Random(seed)
    life = [an_entry(dice)]
    for _ in range(12):
        further = an_event(dice)
        try:
            tell([*life, further])
        except Contradiction:
            continue
        life.append(further)
    events = [of(one, number) for number, one in enumerate(life, start=1)]
    for number, one in enumerate(events):
        left = [other for other in events if other is not one]
        told = [other for at, other in enumerate(life) if at != number]
        rest = remaining(left, books_opened_on=BOOKS_OPENED_ON)
        if not told:
            continue
        try:
            wanted = tell(told)
        except Contradiction:
            assert rest.resting, "the reference cannot tell it, so something rests on the event"
            assert {other.id for other in rest.resting} <= {other.id for other in left}
            continue
        assert list(rest.resting) == []
        lines: Counter[tuple[str, str, str, date]] = Counter()
        for entry in rest.history.entries:
            lines[entry.book, entry.kind, entry.area, entry.occurred_on] += entry.amount
        assert Counter({line: amount for line, amount in lines.items() if amount}) == wanted.lines
        assert (rest.history.status, rest.history.died_on) == (wanted.status, wanted.died_on)


def test_ids_are_kept_apart() -> None:
    entry = event(LifeEventKind.BIRTH, 1, residence=HERE)
    later = redated(entry, date(2026, 1, 2), id=UUID(int=7), reported_on=entry.reported_on)
    assert (later.id, later.order, later.kind, later.residence) == (UUID(int=7), 1, entry.kind, entry.residence)
