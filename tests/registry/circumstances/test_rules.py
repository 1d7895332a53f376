"""Rules of circumstances: the table of moves, the catalogue, overlaps counted day by day, verifications."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.circumstances.domain.kinds import KINDS, PLAIN, SENSITIVE, CircumstanceGroup, of_group
from services.registry.circumstances.domain.rules import (
    CircumstanceDatesWrong,
    CircumstanceOverlaps,
    CircumstanceRecord,
    CircumstanceTransitionError,
    NothingVerified,
    check_alone,
    check_end,
    require_transition,
    verifications,
    without_last,
)
from services.registry.verifications.domain import DEFAULT_DAYS, FieldGroup
from shared.contracts.registry.circumstances import CircumstanceStatus
from shared.ids import new_id

ALLOWED = {
    ("valid", "ended"),
    ("valid", "withdrawn"),
    ("ended", "valid"),
    ("ended", "withdrawn"),
    ("withdrawn", "valid"),
    ("withdrawn", "ended"),
}
FIRST = date(2026, 3, 1)
SOMEBODY = UUID("019d0000-0000-7000-8000-000000000001")


def an_entry(began: int, until: int | None, **what: Any) -> CircumstanceRecord:
    """An entry from a day of March 2026 to another."""
    end = None if until is None else FIRST + timedelta(until)
    entry = CircumstanceRecord(
        id=new_id(),
        version=1,
        person_id=SOMEBODY,
        kind="medical_insurance",
        status="valid" if end is None else "ended",
        details={},
        began_on=FIRST + timedelta(began),
        agreed_until=None,
        ended_on=end,
        ended_by=None,
        started_by=None,
        verified_on=FIRST,
        source=None,
        steps=[],
        recorded_at=datetime(2026, 3, 16, tzinfo=UTC),
    )
    return replace(entry, **what)


def test_only_the_moves_of_the_table_are_allowed() -> None:
    for status, to in product(CircumstanceStatus, CircumstanceStatus):
        if (status, to) in ALLOWED:
            require_transition(status, to)
        else:
            with pytest.raises(CircumstanceTransitionError):
                require_transition(status, to)


def test_the_catalogue_is_whole() -> None:
    assert set(PLAIN) | set(SENSITIVE) == set(KINDS)
    assert set(SENSITIVE) == {"political_status", "party_membership", "mobile_party_member", "family_planning"}
    assert {kind for group in CircumstanceGroup for kind in of_group(group)} == set(KINDS)
    assert set(DEFAULT_DAYS) == {*CircumstanceGroup, *FieldGroup}
    for kind in KINDS.values():
        assert kind.title
        for field in kind.details:
            assert len(field.choices) > 1, (kind.code, field.code)
        assert len({field.code for field in kind.details}) == len(kind.details)


DAYS = st.integers(0, 8)
SPANS = st.tuples(DAYS, st.none() | DAYS).filter(lambda span: span[1] is None or span[1] >= span[0])


def days_of(entry: CircumstanceRecord) -> set[int]:
    return {day for day in range(12) if entry.holds(FIRST + timedelta(day))}


@given(SPANS, st.lists(SPANS, max_size=3), st.sampled_from(["medical_insurance", "education"]), st.booleans())
def test_two_of_a_kind_share_no_day(
    span: tuple[int, int | None], others: list[tuple[int, int | None]], kind: str, withdrawn: bool
) -> None:
    entry = an_entry(*span)
    held = [an_entry(*one, kind=kind) for one in others]
    held = [replace(one, status="withdrawn") for one in held] if withdrawn else held
    shared = [one for one in held if kind == entry.kind and days_of(entry) & days_of(one)]
    if not shared:
        check_alone(entry, [*held, entry])
        return
    with pytest.raises(CircumstanceOverlaps) as refused:
        check_alone(entry, [*held, entry])
    assert {one.path for one in refused.value.errors} == {f"circumstances.{one.id}" for one in shared}


def test_several_of_a_kind_that_has_several_share_days() -> None:
    check_alone(an_entry(0, None, kind="employment"), [an_entry(0, None, kind="employment")])


@pytest.mark.parametrize(("day", "right"), [(-1, False), (0, True), (4, True), (5, False), (9, False)])
def test_an_end_lies_within_what_was_agreed_on(day: int, right: bool) -> None:
    entry = an_entry(0, None, agreed_until=FIRST + timedelta(5))
    if right:
        check_end(entry, FIRST + timedelta(day), today=FIRST + timedelta(8))
    else:
        with pytest.raises(CircumstanceDatesWrong):
            check_end(entry, FIRST + timedelta(day), today=FIRST + timedelta(8))


@given(st.lists(st.sampled_from(["verify", "unverify"]), max_size=8))
def test_verifications_are_a_stack(moves: list[str]) -> None:
    steps: list[Mapping[str, Any]] = [{"step": "record", "verified_on": "2026-03-01", "source": "0"}]
    stack = ["0"]
    for number, move in enumerate(moves, 1):
        if move == "unverify":
            if len(stack) == 1:
                with pytest.raises(NothingVerified):
                    without_last(steps)
                continue
            assert without_last(steps).source == stack[-2]
            stack.pop()
            steps.append({"step": "unverify"})
        else:
            stack.append(str(number))
            steps.append({"step": "verify", "verified_on": "2026-03-02", "source": str(number)})
    assert [one.source for one in verifications(steps)] == stack
