"""Lifecycle of a discrepancy: the full product of moves; by how many ledger and persons differ."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.registry.discrepancies.domain import (
    Difference,
    DiscrepancyNotOpen,
    DiscrepancyRecord,
    DiscrepancyStatus,
    require_transition,
)
from tests.registry.builders import VILLAGE

ALLOWED = {
    (DiscrepancyStatus.OPEN, DiscrepancyStatus.EXPLAINED),
    (DiscrepancyStatus.OPEN, DiscrepancyStatus.GONE),
    (DiscrepancyStatus.EXPLAINED, DiscrepancyStatus.OPEN),
    (DiscrepancyStatus.EXPLAINED, DiscrepancyStatus.GONE),
}


@pytest.mark.parametrize("present", DiscrepancyStatus)
@pytest.mark.parametrize("to", DiscrepancyStatus)
def test_every_move_is_allowed_or_refused(present: DiscrepancyStatus, to: DiscrepancyStatus) -> None:
    if (present, to) in ALLOWED:
        require_transition(present, to)
    else:
        with pytest.raises(DiscrepancyNotOpen):
            require_transition(present, to)


def a_record(**what: Any) -> DiscrepancyRecord:
    record = DiscrepancyRecord(
        id=UUID(int=1),
        version=1,
        area=VILLAGE,
        book="residence",
        ledger=7,
        stock=9,
        status="open",
        found_at=datetime(2026, 3, 16, tzinfo=UTC),
        changed_at=datetime(2026, 3, 16, tzinfo=UTC),
        explained_by=None,
        note_sealed=None,
    )
    return replace(record, **what)


@pytest.mark.parametrize(("ledger", "stock", "number"), [(7, 9, -2), (9, 7, 2), (8, 8, 0), (-1, 0, -1)])
def test_the_number_is_by_how_many_the_ledger_says_more(ledger: int, stock: int, number: int) -> None:
    assert Difference(VILLAGE, "residence", ledger, stock).number == number


def test_people_who_come_and_go_change_both_numbers_and_not_the_difference() -> None:
    before, after = a_record().difference, a_record(ledger=17, stock=19).difference
    assert (before != after, before.number) == (True, after.number)


def test_a_record_tells_of_the_difference_that_was_found() -> None:
    record = a_record(month="2026-02", note="漏记", status="explained")
    assert record.difference == Difference(VILLAGE, "residence", 7, 9, "2026-02")
    assert a_record().difference == Difference(VILLAGE, "residence", 7, 9, None)
    assert "漏记" not in repr(record)
