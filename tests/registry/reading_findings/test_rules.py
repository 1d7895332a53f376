"""What of a day is unusual by which rule, where a finding lies, and what a county may set."""

from dataclasses import replace
from typing import Any

import pytest

from services.registry.reading_findings.domain import (
    HOURS,
    LIMITS,
    Past,
    ReadingDay,
    ReadingHoursReversed,
    ReadingLimit,
    ReadingLimitOutOfBounds,
    ReadingRule,
    area_of,
    judge,
    require_within,
)
from tests.registry.builders import COUNTY, FAR, OTHER_TOWN, SISTER, TODAY, TOWN, VILLAGE

DEFAULTS = {code: bounds.default for code, bounds in LIMITS.items()}
QUIET = ReadingDay("clerk-7", TODAY, 0, 0, 0, 0, (VILLAGE,))
KNOWN = Past(days=10, persons=10_000, villages=frozenset({VILLAGE}))
"""Somebody who reads a thousand a day in the own village."""


def found(day: ReadingDay, past: Past = KNOWN, /, **limits: int) -> list[tuple[str, int, int]]:
    """Rule, what was measured, and the bound of each that is unusual."""
    wanted = DEFAULTS | {ReadingLimit(code): value for code, value in limits.items()}
    return [(str(one.rule), one.measured, one.bound) for one in judge(day, past, wanted)]


@pytest.mark.parametrize(
    ("rule", "measured"),
    [("persons", "persons"), ("full", "shown_full"), ("hours", "out_of_hours"), ("misses", "misses")],
)
def test_a_day_is_unusual_above_a_limit_and_not_at_it_and_zero_turns_the_rule_off(rule: str, measured: str) -> None:
    def day(many: int) -> ReadingDay:
        fields: dict[str, Any] = {measured: many}
        return replace(QUIET, **fields)

    assert found(day(7), KNOWN, **{rule: 7}) == []
    assert found(day(8), KNOWN, **{rule: 7}) == [(rule, 8, 7)]
    assert found(day(8), KNOWN, **{rule: 8}) == []
    assert [one for one in found(day(900_000), KNOWN, **{rule: 0}) if one[0] == rule] == []


def test_each_rule_measures_its_own_and_says_its_own_villages() -> None:
    day = ReadingDay("clerk-7", TODAY, 11, 12, 13, 14, (VILLAGE, SISTER, FAR))
    limits = dict.fromkeys(ReadingLimit, 1) | {ReadingLimit.INCREASE_FROM: 11}
    unusual = judge(day, Past(10, 20, frozenset({SISTER})), limits)
    assert {one.rule: (one.measured, one.bound, list(one.villages)) for one in unusual} == {
        ReadingRule.PERSONS: (11, 1, [VILLAGE, SISTER, FAR]),
        ReadingRule.FULL: (12, 1, [VILLAGE, SISTER, FAR]),
        ReadingRule.HOURS: (13, 1, [VILLAGE, SISTER, FAR]),
        ReadingRule.AREAS: (2, 1, [VILLAGE, FAR]),
        ReadingRule.MISSES: (14, 1, [VILLAGE, SISTER, FAR]),
        ReadingRule.INCREASE: (11, 2, [VILLAGE, SISTER, FAR]),
    }


@pytest.mark.parametrize(
    ("villages", "past", "wanted"),
    [
        ((VILLAGE, SISTER), KNOWN, []),
        ((VILLAGE, SISTER, FAR), KNOWN, [("areas", 2, 1)]),
        ((SISTER, FAR), Past(1, 1, frozenset({SISTER, FAR})), []),
        ((SISTER, FAR), Past(1, 1), [("areas", 2, 1)]),
        ((SISTER, FAR, VILLAGE), Past(), []),
    ],
)
def test_a_village_is_new_to_whoever_has_read_before_and_never_there(
    villages: tuple[str, ...], past: Past, wanted: list[Any]
) -> None:
    assert found(replace(QUIET, villages=villages), past, areas=1) == wanted


@pytest.mark.parametrize(
    ("persons", "past", "limits", "wanted"),
    [
        (50, Past(10, 100), {}, []),
        (51, Past(10, 100), {}, [("increase", 51, 50)]),
        (51, Past(10, 100), {"increase": 6}, []),
        (61, Past(10, 100), {"increase": 6}, [("increase", 61, 60)]),
        (51, Past(10, 100), {"increase": 0}, []),
        (51, Past(10, 100), {"increase_from": 52}, []),
        (51, Past(10, 100), {"increase_from": 51}, [("increase", 51, 50)]),
        (51, Past(10, 101), {}, [("increase", 51, 50)]),  # 5 × 101 ÷ 10 = 50.5
        (51, Past(10, 102), {}, []),
        (51, Past(20, 100), {}, [("increase", 51, 25)]),
        (900, Past(), {}, []),
    ],
)
def test_a_day_is_compared_with_so_many_times_the_usual_one(
    persons: int, past: Past, limits: dict[str, int], wanted: list[Any]
) -> None:
    assert found(replace(QUIET, persons=persons), past, **limits) == wanted


@pytest.mark.parametrize(
    ("villages", "area"),
    [
        ([VILLAGE], VILLAGE),
        ([VILLAGE, VILLAGE], VILLAGE),
        ([VILLAGE, SISTER], TOWN),
        ([FAR, "450481102202"], OTHER_TOWN),
        ([VILLAGE, FAR], COUNTY),
        ([VILLAGE, "450482100201"], "4504"),
        ([VILLAGE, "450900100201"], "45"),
        ([VILLAGE, "440900100201"], COUNTY),
        ([], COUNTY),
    ],
)
def test_a_finding_lies_in_the_smallest_area_in_which_all_was_read(villages: list[str], area: str) -> None:
    assert area_of(villages, COUNTY) == area


@pytest.mark.parametrize("code", [code for code in ReadingLimit if code not in HOURS])
def test_a_limit_is_set_to_its_bounds_and_not_beyond(code: ReadingLimit) -> None:
    bounds = LIMITS[code]
    assert bounds.least <= bounds.default <= bounds.most
    for right in (bounds.least, bounds.default, bounds.most):
        require_within(code, right, DEFAULTS)
    for wrong in (bounds.least - 1, bounds.most + 1):
        with pytest.raises(ReadingLimitOutOfBounds) as refusal:
            require_within(code, wrong, DEFAULTS)
        assert [one.path for one in refusal.value.errors] == ["value"]


@pytest.mark.parametrize(
    ("code", "value", "other", "refusal"),
    [
        ("day_begins", 0, 1, None),
        ("day_begins", 1, 1, ReadingHoursReversed),
        ("day_begins", 23, 24, None),
        ("day_begins", 24, 24, ReadingLimitOutOfBounds),
        ("day_begins", -1, 24, ReadingLimitOutOfBounds),
        ("day_ends", 24, 23, None),
        ("day_ends", 23, 23, ReadingHoursReversed),
        ("day_ends", 1, 0, None),
        ("day_ends", 0, 0, ReadingLimitOutOfBounds),
        ("day_ends", 25, 0, ReadingLimitOutOfBounds),
    ],
)
def test_a_working_day_has_an_hour_at_least(code: str, value: int, other: int, refusal: type[Exception] | None) -> None:
    ends = {ReadingLimit.DAY_BEGINS: other, ReadingLimit.DAY_ENDS: other}
    if refusal is None:
        require_within(ReadingLimit(code), value, DEFAULTS | ends)
    else:
        with pytest.raises(refusal):
            require_within(ReadingLimit(code), value, DEFAULTS | ends)


def test_a_limit_that_is_no_end_of_the_day_is_set_whatever_the_day_is() -> None:
    reversed_ = DEFAULTS | {ReadingLimit.DAY_BEGINS: 22, ReadingLimit.DAY_ENDS: 6}
    require_within(ReadingLimit.FULL, 9, reversed_)
    assert {str(rule) for rule in ReadingRule} < {str(code) for code in ReadingLimit}, "each rule has its limit"
