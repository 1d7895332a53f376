"""Rules of retention in the kit: which holds on a day, when years are over, and what the table of a service says."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import CheckConstraint, Index

from shared.reference.named_code import NamedCode
from shared.retentions.rules import FEWEST, MOST, SHIPPED, RetentionRule, ended_by, in_force, later, shipped
from shared.retentions.schemas import RuleView
from shared.retentions.tables import RetentionRuleColumns, rule_arguments


class Kind(NamedCode):
    """Kinds of a service that is none."""

    SHORT = "short", "短"
    LONG = "long", "长"


DEFAULTS = shipped({Kind.SHORT: 1, Kind.LONG: 30})


def a_rule(years: int, effective_on: date, *, kind: str = "short", status: str = "set") -> RetentionRule:
    return RetentionRule(uuid4(), 1, kind, years, "archives-2026-3", effective_on, status)


def test_what_ships_has_no_id_and_holds_for_ever() -> None:
    assert {str(kind): (one.id, one.years, one.source) for kind, one in DEFAULTS.items()} == {
        "short": (None, 1, SHIPPED),
        "long": (None, 30, SHIPPED),
    }
    for day in (date(1949, 10, 1), date(2099, 12, 31)):
        assert in_force([], day, DEFAULTS) == DEFAULTS


@pytest.mark.parametrize(("day", "years"), [((3, 31), 1), ((4, 1), 2), ((4, 30), 2), ((5, 1), 3), ((12, 31), 3)])
def test_the_last_that_began_holds_whatever_the_order(day: tuple[int, int], years: int) -> None:
    rules = [a_rule(3, date(2026, 5, 1)), a_rule(2, date(2026, 4, 1)), a_rule(9, date(2026, 5, 2), status="withdrawn")]
    for some in (rules, rules[::-1]):
        held = in_force(some, date(2026, *day), DEFAULTS)
        assert (held[Kind.SHORT].years, held[Kind.LONG].years) == (years, 30)


def test_a_rule_of_one_kind_leaves_the_other_alone() -> None:
    held = in_force([a_rule(50, date(2026, 1, 1), kind="long")], date(2026, 1, 1), DEFAULTS)
    assert (held[Kind.SHORT].years, held[Kind.LONG].years) == (1, 50)
    assert in_force([a_rule(50, date(2026, 1, 1), kind="long")], date(2025, 12, 31), DEFAULTS) == DEFAULTS


@pytest.mark.parametrize(
    ("end", "years", "over"),
    [
        (date(2020, 3, 16), 5, date(2025, 3, 16)),
        (date(2020, 2, 29), 1, date(2021, 3, 1)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
        (date(2020, 12, 31), 10, date(2030, 12, 31)),
    ],
)
def test_years_are_over_on_the_same_day(end: date, years: int, over: date) -> None:
    assert later(end, years) == over
    assert end <= ended_by(over, years)
    assert end > ended_by(over - timedelta(days=1), years)


def test_both_counts_agree_on_every_day_around_a_leap_day() -> None:
    for years in (1, 2, 4, 30):
        for n in range(-400, 400):
            end = date(2024, 2, 29) + timedelta(days=n)
            day = later(end, years)
            assert end <= ended_by(day, years), (end, years)
            assert end > ended_by(day - timedelta(days=1), years), (end, years)


def test_the_table_of_a_service_refuses_what_is_no_rule() -> None:
    arguments = rule_arguments(Kind)
    checks = {one.name: str(one.sqltext) for one in arguments if isinstance(one, CheckConstraint)}
    assert checks["kind"] == "kind IN ('short', 'long')"
    assert checks["years"] == f"years BETWEEN {FEWEST} AND {MOST}"
    (unique,) = (one for one in arguments if isinstance(one, Index))
    assert (unique.name, unique.unique) == ("uq_retention_rules_day", True)
    named = set(RetentionRuleColumns.__annotations__)
    assert named == set(RetentionRule.__dataclass_fields__)


def test_a_view_says_what_may_happen_and_whether_it_holds() -> None:
    view = RuleView.of(a_rule(2, date(2026, 4, 1)), in_force=True)
    assert (view.years, str(view.action), view.in_force, view.set_by) == (2, "erase", True, None)
