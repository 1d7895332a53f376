"""Rules of changes of areas without a database: what one life event does to a history, and where a share goes."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from services.registry.area_changes.domain import (
    TRANSITIONS,
    Assignment,
    Move,
    Opening,
    Plan,
    Share,
)
from services.registry.life_events.domain import REGISTERED_PLACE, EventHistory, LifeEvent, LifeEventKind, Place
from services.registry.occupancies.domain import stay_until
from shared.contracts.envelope import Span
from shared.contracts.registry.area_changes import AreaChangeKind, AreaChangeStatus
from shared.contracts.registry.postings import Book, PostingKind
from tests.registry.builders import FAR, SISTER, TOWN, VILLAGE

JANUARY, MARCH, APRIL = date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 1)


def event(kind: LifeEventKind, on: date, order: int, **what: object) -> LifeEvent:
    base = LifeEvent(id=uuid4(), kind=kind, occurred_on=on, reported_on=on, order=order)
    return replace(base, **what)  # type: ignore[arg-type]  # fields of the test's choice


def enrolled(residence: Place, registration: str | None = VILLAGE) -> LifeEvent:
    place = Place(registration, REGISTERED_PLACE) if registration else None
    return event(LifeEventKind.ENROLLED, JANUARY, 1, residence=residence, registration=place)


def boundary(to: str, on: date = MARCH, origin: str = VILLAGE) -> LifeEvent:
    place = Place(to, None)
    return event(LifeEventKind.BOUNDARY, on, 9, residence=place, registration=place, origin=origin)


def history(*events: LifeEvent) -> EventHistory:
    return EventHistory.of(events, books_opened_on=JANUARY)


def lines(found: EventHistory) -> list[tuple[Book, PostingKind, str, int]]:
    return [(one.book, one.kind, one.area, one.amount) for one in found.entries]


def test_both_books_go_over_with_two_lines_each() -> None:
    found = history(enrolled(Place(f"{VILLAGE}001", None)), boundary(SISTER))
    assert [(one.area, one.kind, one.start) for one in found.spans[Book.RESIDENCE]] == [
        (f"{VILLAGE}001", "registered", JANUARY),
        (SISTER, "registered", MARCH),
    ]
    for book in Book:
        assert (book, PostingKind.BOUNDARY_OUT, VILLAGE, -1) in lines(found)
        assert (book, PostingKind.BOUNDARY_IN, SISTER, 1) in lines(found)
    assert len(lines(found)) == 6


def test_a_book_elsewhere_stays_and_how_somebody_lives_is_kept() -> None:
    found = history(enrolled(Place(VILLAGE, "left_behind"), FAR), boundary(SISTER))
    assert [(one.area, one.kind) for one in found.spans[Book.RESIDENCE]][-1] == (SISTER, "left_behind")
    assert [one.area for one in found.spans[Book.REGISTRATION]] == [FAR]


def test_whoever_is_registered_in_the_old_town_lives_in_another_one_now() -> None:
    """A residence kind that follows from both places follows on: the towns differ."""
    found = history(enrolled(Place(VILLAGE, None), SISTER), boundary(FAR))
    assert [one.kind for one in found.spans[Book.RESIDENCE]] == ["registered", "floating"]


@pytest.mark.parametrize(
    "events",
    [
        [],
        [enrolled(Place(FAR, "floating"), FAR)],
        [enrolled(Place(VILLAGE, None)), event(LifeEventKind.DEATH, date(2026, 2, 1), 2)],
        [enrolled(Place(VILLAGE, None)), event(LifeEventKind.MOVE_OUT, date(2026, 2, 1), 2, leaves=frozenset(Book))],
    ],
)
def test_it_contradicts_nothing(events: list[LifeEvent]) -> None:
    assert lines(history(*events, boundary(SISTER))) == lines(history(*events))


def test_who_is_missing_goes_over_and_is_still_missing() -> None:
    found = history(enrolled(Place(VILLAGE, None)), event(LifeEventKind.MISSING, JANUARY, 2), boundary(SISTER))
    assert (found.status, found.spans[Book.RESIDENCE][-1].area) == ("missing", SISTER)


HOUSEHOLD, LIVING, WHO, ALONE, HOUSE = (uuid4() for _ in range(5))
SPLIT = Plan(
    AreaChangeKind.SPLIT,
    MARCH,
    (),
    (Move(VILLAGE, SISTER, (Share(FAR, (HOUSEHOLD,), (ALONE,), (HOUSE,), (f"{VILLAGE}002",)),)),),
)


def test_a_share_takes_what_it_names_and_the_rest_goes_elsewhere() -> None:
    plan = Assignment(SPLIT)
    assert plan.settle(HOUSEHOLD, "legal", VILLAGE, [WHO]) == FAR
    assert plan.settle(LIVING, "living", f"{VILLAGE}001", [WHO]) == SISTER
    assert plan.settle(uuid4(), "living", f"{VILLAGE}002", []) == FAR
    assert (plan.thing(HOUSE, VILLAGE), plan.thing(uuid4(), VILLAGE)) == (FAR, SISTER)
    assert plan.person(WHO, "legal", VILLAGE, None) == FAR, "registered where the household is"
    assert plan.person(WHO, "living", VILLAGE, VILLAGE) == SISTER, "living where that one is"
    assert plan.person(ALONE, "living", VILLAGE, VILLAGE) == FAR
    assert plan.person(uuid4(), "living", VILLAGE, f"{VILLAGE}002") == FAR
    assert plan.person(uuid4(), "living", VILLAGE, None) == SISTER


def test_members_of_one_household_alone_go_with_it_in_both_books() -> None:
    plan = Assignment(SPLIT)
    plan.settle(HOUSEHOLD, "legal", VILLAGE, [WHO])
    assert plan.person(WHO, "living", VILLAGE, VILLAGE) == FAR


@pytest.mark.parametrize(
    ("codes", "area"),
    [
        ((VILLAGE, SISTER), TOWN),
        ((VILLAGE, FAR), "450481"),
        ((TOWN, f"{TOWN[:6]}001"), "450481"),
        ((VILLAGE, "4504231"), "4504"),
    ],
)
def test_a_change_belongs_to_the_smallest_area_that_holds_all(codes: tuple[str, ...], area: str) -> None:
    plan = Plan(AreaChangeKind.MERGE, MARCH, (), (Move(codes[0], codes[1]),))
    assert plan.area == area


def test_a_dwelling_that_went_along_is_lived_in_without_a_break() -> None:
    spans = [
        Span(area=VILLAGE, kind="registered", start=JANUARY, end=MARCH),
        Span(area=SISTER, kind="registered", start=MARCH, end=APRIL),
    ]
    assert stay_until(spans, SISTER, JANUARY, [(VILLAGE, MARCH)]) == (True, APRIL)
    assert stay_until(spans, VILLAGE, JANUARY) == (True, MARCH), "one that stayed behind is left"


def test_the_lifecycle_restated() -> None:
    allowed = {(AreaChangeStatus.DONE, AreaChangeStatus.UNDONE)}
    every = {(one, other) for one in AreaChangeStatus for other in AreaChangeStatus}
    assert {(one, to) for one, to in every if to in TRANSITIONS[one]} == allowed


def test_what_is_opened_is_named() -> None:
    plan = Plan(AreaChangeKind.MERGE, MARCH, (Opening(SISTER, "新村"),), (Move(VILLAGE, SISTER, (Share(FAR),)),))
    assert list(plan.named()) == [
        ("opens.0.code", SISTER),
        ("moves.0.origin", VILLAGE),
        ("moves.0.to", SISTER),
        ("moves.0.shares.0.to", FAR),
    ]
    assert plan.moves[0].targets == [SISTER, FAR]
