"""Rules of retention: which holds on a day, and when the years of an entry are over."""

from datetime import date, timedelta
from uuid import uuid4

from services.registry.retentions.domain import DEFAULTS, RetentionKind
from shared.retentions.rules import RetentionRule, ended_by, in_force, later


def a_rule(years: int, effective_on: date, *, status: str = "set", kind: str = "moved_out") -> RetentionRule:
    return RetentionRule(uuid4(), 1, kind, years, "archives-2026-3", effective_on, status)


def test_where_nothing_is_set_what_is_shipped_holds() -> None:
    held = in_force([], date(2026, 3, 16), DEFAULTS)
    assert {kind: rule.years for kind, rule in held.items()} == {"moved_out": 5, "deceased": 10, "annulled": 1}
    assert held == DEFAULTS


def test_the_last_that_began_holds_whatever_the_order_in_which_they_are_read() -> None:
    first, then = a_rule(6, date(2026, 4, 1)), a_rule(7, date(2026, 5, 1))
    gone, other = a_rule(8, date(2026, 5, 2), status="withdrawn"), a_rule(12, date(2026, 4, 1), kind="deceased")
    for rules in ([first, then, gone, other], [other, gone, then, first]):
        held = [in_force(rules, date(2026, *day), DEFAULTS) for day in ((3, 31), (4, 1), (4, 30), (5, 1), (6, 1))]
        assert [one[RetentionKind.MOVED_OUT].years for one in held] == [5, 6, 6, 7, 7]
        assert [one[RetentionKind.DECEASED].years for one in held] == [10, 12, 12, 12, 12]


def test_years_are_over_on_a_day_by_either_count() -> None:
    """The list asks which ends are early enough, the decision how long this end is kept."""
    for years in (1, 3, 4, 5, 10):
        for around in (date(2024, 2, 29), date(2025, 3, 1), date(2028, 2, 29), date(2026, 12, 31)):
            for shift in range(-2, 3):
                day = around + timedelta(days=shift)
                for back in range(-3, 4):
                    end = ended_by(day, years) + timedelta(days=back)
                    assert (later(end, years) <= day) is (end <= ended_by(day, years)), (end, years, day)
