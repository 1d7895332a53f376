"""Thresholds of escalation rules at both ends, and that everything wrong with a rule is told at once."""

import pytest

from services.grid.escalation_rules.domain import LEVELS, Receiver, RuleTerms, check, received_by
from shared.contracts.grid.escalations import EscalationMetric
from shared.errors import Invalid
from shared.worktime import ClockUnit
from tests.grid.builders import FIRST_GRID, TOWN, VILLAGE

LONGEST = {"work_hour": 500, "work_day": 60, "hour": 2_000, "day": 90}
WITHOUT_UNIT = {EscalationMetric.UNFILED, EscalationMetric.UNASSIGNED}


def a_rule(
    metric: EscalationMetric, threshold: int, unit: str = "hour", receiver: Receiver = Receiver.TOWN_OFFICER
) -> RuleTerms:
    return RuleTerms(metric, threshold, ClockUnit(unit), 1, receiver)


def wrong_with(rule: RuleTerms) -> list[tuple[str, str]]:
    try:
        check(rule)
    except Invalid as refusal:
        return [(one.path, one.code) for one in refusal.errors]
    return []


@pytest.mark.parametrize("unit", sorted(LONGEST))
@pytest.mark.parametrize("metric", list(EscalationMetric))
def test_a_threshold_reaches_from_none_to_a_quarter(metric: EscalationMetric, unit: str) -> None:
    """Nothing is "none before the deadline": that is the deadline itself, and another metric's."""
    least = 1 if metric is EscalationMetric.BEFORE_DUE else 0
    for right in (least, LONGEST[unit]):
        assert wrong_with(a_rule(metric, right, unit)) == []
    for wrong in (least - 1, LONGEST[unit] + 1):
        assert wrong_with(a_rule(metric, wrong, unit)) == [("threshold", "range")]


def test_the_sentence_names_both_ends_and_the_unit() -> None:
    for unit, most in LONGEST.items():
        with pytest.raises(Invalid) as refusal:
            check(a_rule(EscalationMetric.BEFORE_DUE, 0, unit))
        [error] = refusal.value.errors
        assert f"1 至 {most} {ClockUnit(unit).label}" in error.message


def test_a_department_is_called_only_where_an_incident_has_a_unit() -> None:
    refused = {
        metric for metric in EscalationMetric if wrong_with(a_rule(metric, 1, receiver=Receiver.DEPARTMENT_OFFICER))
    }
    assert refused == WITHOUT_UNIT
    for receiver in set(Receiver) - {Receiver.DEPARTMENT_OFFICER}:
        for metric in EscalationMetric:
            assert wrong_with(a_rule(metric, 1, receiver=receiver)) == []


def test_everything_that_is_wrong_with_a_rule_is_told_at_once() -> None:
    rule = a_rule(EscalationMetric.UNASSIGNED, 2_001, receiver=Receiver.DEPARTMENT_OFFICER)
    assert wrong_with(rule) == [("threshold", "range"), ("receiver", "no_department_yet")]


def test_no_level_of_area_and_no_want_of_a_unit_leaves_an_escalation_with_nobody() -> None:
    """Only a grid has a head; only what a unit has, has a department."""
    for area in (FIRST_GRID, VILLAGE, TOWN):
        for department in ("water", None):
            for receiver in Receiver:
                brought = received_by(receiver, area, department)
                assert not (brought is Receiver.GRID_HEAD and area != FIRST_GRID)
                assert not (brought is Receiver.DEPARTMENT_OFFICER and department is None)
    kept = (Receiver.VILLAGE_CLERK, Receiver.TOWN_OFFICER, Receiver.COUNTY_OFFICER)
    assert [received_by(receiver, TOWN, None) for receiver in kept] == list(kept)


def test_there_are_five_levels() -> None:
    assert list(LEVELS) == [1, 2, 3, 4, 5]
