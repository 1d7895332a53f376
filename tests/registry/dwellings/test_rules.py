"""Rules of dwellings: the table of moves, restated by hand; conditions by topic and day."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from services.registry.dwellings.domain import (
    MOST_CONDITIONS,
    VALUES,
    ConditionRecord,
    ConditionStands,
    DwellingDatesWrong,
    DwellingFields,
    DwellingTransitionError,
    TooManyConditions,
    UnknownCondition,
    check_condition,
    check_days,
    in_effect,
    require_transition,
)
from shared.contracts.registry.dwellings import ConditionTopic, DwellingStatus

ALLOWED = {("standing", "ended"), ("standing", "withdrawn"), ("ended", "standing"), ("withdrawn", "standing")}
JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
USE, WATER = ConditionTopic.USE, ConditionTopic.WATER


@pytest.mark.parametrize(("status", "to"), list(product(DwellingStatus, DwellingStatus)))
def test_only_the_moves_of_the_table_are_allowed(status: DwellingStatus, to: DwellingStatus) -> None:
    if (status, to) in ALLOWED:
        require_transition(status, to)
    else:
        with pytest.raises(DwellingTransitionError):
            require_transition(status, to)


def test_every_topic_has_a_list_of_its_own() -> None:
    assert set(VALUES) == set(ConditionTopic)
    assert set(VALUES[USE].names()) == {"own", "let", "empty", "relocated"}
    with pytest.raises(UnknownCondition) as refused:
        check_condition([], WATER, "let", MARCH, "conditions.1.")
    assert [one.path for one in refused.value.errors] == ["conditions.1.value"]


def test_a_condition_holds_until_the_next_of_its_topic_in_whatever_order_they_are_told() -> None:
    told = [
        ConditionRecord(0, USE, "let", MARCH),
        ConditionRecord(1, WATER, "piped", JANUARY),
        ConditionRecord(2, USE, "own", JANUARY),
        ConditionRecord(3, USE, "empty", FEBRUARY, withdrawn=True),
    ]
    spans = {number: (one.value, one.since, one.until) for number, one in in_effect(told).items()}
    assert spans == {
        2: ("own", JANUARY, MARCH),
        0: ("let", MARCH, None),
        1: ("piped", JANUARY, None),
    }


def test_one_condition_of_a_topic_begins_on_a_day_unless_it_was_withdrawn() -> None:
    stands = ConditionRecord(0, USE, "let", MARCH)
    with pytest.raises(ConditionStands):
        check_condition([stands], USE, "own", MARCH)
    check_condition([stands], WATER, "well", MARCH)
    check_condition([ConditionRecord(0, USE, "let", MARCH, withdrawn=True)], USE, "own", MARCH)


def test_the_conditions_of_a_dwelling_are_bounded() -> None:
    known = [ConditionRecord(n, USE, "let", JANUARY, withdrawn=True) for n in range(MOST_CONDITIONS - 1)]
    check_condition(known, USE, "own", MARCH)
    with pytest.raises(TooManyConditions):
        check_condition([*known, ConditionRecord(len(known), USE, "own", FEBRUARY)], USE, "let", MARCH)


@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 3, 2)])
def test_a_day_before_the_dwelling_or_in_the_future_is_refused(day: date) -> None:
    check_days("since", FEBRUARY, FEBRUARY, MARCH)
    check_days("since", FEBRUARY, MARCH, MARCH)
    with pytest.raises(DwellingDatesWrong) as refused:
        check_days("since", FEBRUARY, day, MARCH)
    assert [one.path for one in refused.value.errors] == ["since"]


def test_nothing_of_a_room_stands_in_a_repr() -> None:
    assert "301" not in repr(DwellingFields("301室", "2单元", Decimal("89.5")))
