"""Rules of escalation: the table of steps, what a rule must not say, and the instant that decides."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grid.dictionaries.domain import SpecialHours, WorkHours
from services.grid.escalation_rules.domain import (
    Receiver,
    RuleStatus,
    RuleTerms,
    RuleTransitionError,
    check,
    latest_base,
    reached,
    received_by,
    require_transition,
)
from shared.clock import SHANGHAI
from shared.contracts.grid.escalations import EscalationMetric
from shared.errors import Invalid
from shared.workdays import WorkingCalendar
from shared.worktime import ClockUnit, Shift
from tests.grid.builders import FIRST_GRID, VILLAGE, calendars

CALENDAR = WorkingCalendar(calendars())
HOURS = WorkHours(
    (Shift(time(8), time(12)), Shift(time(14), time(18))),
    (SpecialHours((Shift(time(8), time(11, 30)), Shift(time(14), time(16))), weekdays=(5,)),),
)
ALLOWED = {("in_force", "in_force"), ("in_force", "retired"), ("retired", "in_force")}


def test_the_table_of_steps() -> None:
    for present in RuleStatus:
        for to in RuleStatus:
            if (present, to) in ALLOWED:
                require_transition(present, to)
            else:
                with pytest.raises(RuleTransitionError):
                    require_transition(present, to)


def a_rule(
    metric: str = "overdue", threshold: int = 4, unit: str = "work_hour", receiver: str = "town_officer"
) -> RuleTerms:
    return RuleTerms(EscalationMetric(metric), threshold, ClockUnit(unit), 1, Receiver(receiver))


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        (a_rule("before_due", 0), "threshold"),
        (a_rule(threshold=501), "threshold"),
        (a_rule(threshold=61, unit="work_day"), "threshold"),
        (a_rule("unassigned", receiver="department_officer"), "receiver"),
        (a_rule("unfiled", receiver="department_officer"), "receiver"),
    ],
)
def test_what_a_rule_must_not_say(rule: RuleTerms, path: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(rule)
    assert [one.path for one in refusal.value.errors] == [path]


def test_what_a_rule_may_say() -> None:
    for rule in (a_rule(threshold=0), a_rule("unaccepted", receiver="department_officer"), a_rule("before_due", 1)):
        check(rule)


@pytest.mark.parametrize(
    ("receiver", "area", "department", "expected"),
    [
        ("grid_head", FIRST_GRID, None, "grid_head"),
        ("grid_head", VILLAGE, None, "village_clerk"),
        ("department_officer", FIRST_GRID, "water", "department_officer"),
        ("department_officer", FIRST_GRID, None, "town_officer"),
        ("county_officer", VILLAGE, None, "county_officer"),
    ],
)
def test_somebody_receives_it_also_without_a_grid_or_a_unit(
    receiver: str, area: str, department: str | None, expected: str
) -> None:
    assert received_by(Receiver(receiver), area, department) == expected


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("rule", "base", "expected"),
    [
        (a_rule("unassigned", 4), "2026-03-16 10:00", "2026-03-16 16:00:00"),
        (a_rule("unassigned", 4), "2026-03-20 10:00", "2026-03-23 08:30:00"),  # a short Friday
        (a_rule("overdue", 0), "2026-03-18 18:00", "2026-03-18 18:00:00"),
        (a_rule("overdue", 1, "work_day"), "2026-03-20 18:00", "2026-03-23 23:59:59"),
        (a_rule("overdue", 2, "day"), "2026-03-20 18:00", "2026-03-22 23:59:59"),
        (a_rule("overdue", 30, "hour"), "2026-03-20 18:00", "2026-03-22 00:00:00"),
        (a_rule("before_due", 4), "2026-03-18 18:00", "2026-03-18 14:00:00"),
        (a_rule("before_due", 5), "2026-03-18 18:00", "2026-03-18 11:00:00"),
        (a_rule("before_due", 1, "work_day"), "2026-03-23 18:00", "2026-03-20 00:00:00"),
        (a_rule("before_due", 1, "day"), "2026-03-23 18:00", "2026-03-22 00:00:00"),
    ],
)
def test_when_the_time_of_a_rule_has_run_out(rule: RuleTerms, base: str, expected: str) -> None:
    assert reached(at(base), rule, CALENDAR, HOURS).replace(tzinfo=None).isoformat(sep=" ") == expected


minutes = st.integers(0, 60 * 24 * 60).map(lambda n: at("2026-02-01 00:00") + timedelta(minutes=n))
rules = st.builds(
    a_rule,
    st.sampled_from(list(EscalationMetric)),
    st.integers(1, 12),
    st.sampled_from(list(ClockUnit)),
)


@settings(max_examples=400, deadline=None)
@given(rule=rules, base=minutes, now=minutes)
def test_one_comparison_finds_exactly_those_whose_time_has_run_out(
    rule: RuleTerms, base: datetime, now: datetime
) -> None:
    """The database compares an instant; here each is asked by itself. Near the border, where it matters, too."""
    before = rule.metric is EscalationMetric.BEFORE_DUE
    border = latest_base(rule, now, CALENDAR, HOURS)
    for one in (base, border, *(border + timedelta(minutes=n) for n in (-61, -1, 1, 61))):
        end = reached(one, rule, CALENDAR, HOURS)
        # at the very instant: what comes before a deadline is heard at it, what comes after a time, behind it
        assert (one < border) == (end <= now if before else end < now), one


def test_right_after_its_deadline_an_incident_is_overdue_and_at_it_it_is_not() -> None:
    rule, due = a_rule("overdue", 0), at("2026-03-18 18:00")
    assert not due < latest_base(rule, due, CALENDAR, HOURS)
    assert due < latest_base(rule, due + timedelta(microseconds=1), CALENDAR, HOURS)
