"""The ledger is added to, never changed: what was wrong is reversed by a line of the same kind."""

import random
from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest

from services.registry.life_events.domain import Entry
from services.registry.postings.domain import NewLine, Posted, lines_to_enter
from shared.contracts.registry.postings import Book, PostingKind
from tests.registry.builders import BOOKS_OPENED_ON, FAR, SISTER, VILLAGE

OPENING = Entry(Book.RESIDENCE, PostingKind.OPENING, VILLAGE, 1, BOOKS_OPENED_ON)
OUT = Entry(Book.RESIDENCE, PostingKind.OUT, VILLAGE, -1, date(2026, 2, 1))


def posted(*lines: Entry | NewLine) -> list[Posted]:
    return [
        Posted(uuid4(), one.entry, one.reverses) if isinstance(one, NewLine) else Posted(uuid4(), one) for one in lines
    ]


def test_an_empty_ledger_takes_every_line() -> None:
    assert lines_to_enter([], [OPENING, OUT]) == [NewLine(OPENING), NewLine(OUT)]


def test_what_stands_and_is_wanted_is_left_alone() -> None:
    assert lines_to_enter(posted(OPENING), [OPENING]) == []
    assert lines_to_enter(posted(OPENING), [OPENING, OUT]) == [NewLine(OUT)]


def test_what_is_wanted_no_more_is_reversed_by_its_own_kind_village_and_day() -> None:
    ledger = posted(OPENING, OUT)
    (line,) = lines_to_enter(ledger, [OPENING])
    taken_back = Entry(Book.RESIDENCE, PostingKind.OUT, VILLAGE, 1, date(2026, 2, 1))
    assert line == NewLine(taken_back, ledger[1].id, not_before=date(2026, 2, 1))


def test_reversals_come_before_what_is_new() -> None:
    wanted = [OPENING, Entry(Book.RESIDENCE, PostingKind.OUT, VILLAGE, -1, date(2026, 1, 20))]
    lines = lines_to_enter(posted(OPENING, OUT), wanted)
    assert [one.reverses is not None for one in lines] == [True, False]


def test_a_line_is_reversed_once_and_may_be_entered_again() -> None:
    ledger = posted(OPENING, OUT)
    ledger += posted(*lines_to_enter(ledger, [OPENING]))
    assert lines_to_enter(ledger, [OPENING]) == []
    again = lines_to_enter(ledger, [OPENING, OUT])
    assert again == [NewLine(OUT)]
    ledger += posted(*again)
    (reversal,) = lines_to_enter(ledger, [OPENING])
    assert reversal.reverses == ledger[-1].id


def test_another_counterpart_is_another_line() -> None:
    """Whence somebody came tells whether a border was crossed."""
    first, second = (
        Entry(Book.RESIDENCE, PostingKind.TRANSFER_IN, VILLAGE, 1, BOOKS_OPENED_ON, counterpart)
        for counterpart in (SISTER, FAR)
    )
    lines = lines_to_enter(posted(first), [second])
    assert [(one.entry.amount, one.entry.counterpart) for one in lines] == [(-1, SISTER), (1, FAR)]


def test_equal_lines_are_counted_and_not_merged() -> None:
    assert lines_to_enter(posted(OUT), [OUT, OUT]) == [NewLine(OUT)]
    ledger = posted(OUT, OUT)
    assert [one.reverses for one in lines_to_enter(ledger, [OUT])] == [ledger[1].id]


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_wanted_in_turn_the_ledger_adds_up_to_it(seed: int) -> None:
    """Old lines are never touched, nothing is reversed twice, and asking again enters nothing."""
    dice = random.Random(seed)
    possible = [
        Entry(book, kind, village, amount, BOOKS_OPENED_ON + timedelta(days=day))
        for book in Book
        for kind, amount in ((PostingKind.IN, 1), (PostingKind.OUT, -1))
        for village in (VILLAGE, FAR)
        for day in range(3)
    ]
    ledger: list[Posted] = []
    for _ in range(60):
        wanted = dice.choices(possible, k=dice.randrange(0, 6))
        before = list(ledger)
        ledger += posted(*lines_to_enter(ledger, wanted))
        assert ledger[: len(before)] == before
        reversals = [one.reverses for one in ledger if one.reverses is not None]
        assert len(set(reversals)) == len(reversals)
        standing = [one.entry for one in ledger if one.reverses is None and one.id not in set(reversals)]
        assert Counter(standing) == Counter(wanted)
        assert sum(one.entry.amount for one in ledger) == sum(one.amount for one in wanted)
        assert lines_to_enter(ledger, wanted) == []
