"""Drafts of the dictionary: everything wrong is told at once, and what stands exactly at a border is right."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest

from services.grid.dictionaries.domain import CategoryTerms, LimitTerms, SpecialHours, Terms, Treatment, WorkHours
from services.grid.dictionary_drafts.domain import check_complete, check_form, check_valid_from
from shared.contracts.severity import Severity
from shared.errors import Invalid
from shared.worktime import ClockUnit, Shift

DAY = (Shift(time(8), time(12)), Shift(time(14), time(18)))
LONGEST = {"work_hour": 2_000, "work_day": 250, "hour": 8_760, "day": 366}
TODAY = date(2026, 3, 16)


def a_category(code: str, *limits: LimitTerms) -> CategoryTerms:
    return CategoryTerms(code, f"类别{code}", limits)


def routine(*severities: Severity) -> list[LimitTerms]:
    return [LimitTerms(severity, 2, ClockUnit.WORK_DAY) for severity in severities]


def terms(*categories: CategoryTerms, special: tuple[SpecialHours, ...] = (), usual: tuple[Shift, ...] = DAY) -> Terms:
    return Terms(WorkHours(usual, special), categories)


def wrong_with(check: Callable[[Terms], None], said: Terms) -> list[tuple[str, str]]:
    try:
        check(said)
    except Invalid as refusal:
        return [(one.path, one.code) for one in refusal.errors]
    return []


def test_hours_seasons_and_categories_are_all_told_at_once() -> None:
    late = Shift(time(18), time(14))
    said = terms(
        a_category("a", LimitTerms(Severity.NORMAL, 0, ClockUnit.DAY)),
        a_category("a"),
        usual=(DAY[0], late),
        special=(SpecialHours((), weekdays=(6,)), SpecialHours(DAY, weekdays=(7,), ends=(9, 30))),
    )
    assert wrong_with(check_form, said) == [
        ("shifts.1", "order"),
        ("special_hours.0.shifts", "missing"),
        ("special_hours.1.ends", "missing"),
        ("categories.0.code", "repeated"),
        ("categories.0.name", "repeated"),
        ("categories.0.limits.0.amount", "range"),
        ("categories.1.code", "repeated"),
        ("categories.1.name", "repeated"),
    ]


def test_a_limit_is_at_least_one_and_about_a_year_at_most() -> None:
    for unit, most in LONGEST.items():
        for amount, right in ((0, False), (1, True), (most, True), (most + 1, False)):
            said = terms(a_category("a", LimitTerms(Severity.NORMAL, amount, ClockUnit(unit))))
            expected = [] if right else [("categories.0.limits.0.amount", "range")]
            assert wrong_with(check_form, said) == expected, (unit, amount)


def test_a_draft_may_be_kept_before_it_is_complete() -> None:
    for said in (terms(), terms(a_category("a")), terms(a_category("a", *routine(Severity.URGENT)))):
        assert wrong_with(check_form, said) == []
        assert wrong_with(check_complete, said) != []


def test_each_category_is_told_each_severity_that_it_lacks() -> None:
    whole = a_category("a", *routine(*Severity))
    said = terms(whole, a_category("b", *routine(Severity.SERIOUS)), a_category("c"))
    assert (
        wrong_with(check_complete, said)
        == [("categories.1.limits", "missing")] * 2 + [("categories.2.limits", "missing")] * 3
    )
    assert wrong_with(check_complete, terms(whole)) == []


def test_the_sentence_names_the_severity_that_is_missing() -> None:
    for severity in Severity:
        rest = [one for one in Severity if one is not severity]
        with pytest.raises(Invalid) as refusal:
            check_complete(terms(a_category("a", *routine(*rest))))
        assert [severity.label in one.message for one in refusal.value.errors] == [True]


def test_another_treatment_does_not_stand_for_the_routine_one() -> None:
    for treatment in set(Treatment) - {Treatment.ROUTINE}:
        urgent = LimitTerms(Severity.URGENT, 2, ClockUnit.DAY, treatment)
        said = terms(a_category("a", *routine(Severity.NORMAL, Severity.SERIOUS), urgent))
        assert wrong_with(check_form, said) == []
        assert wrong_with(check_complete, said) == [("categories.0.limits", "missing")]


def test_seasons_that_meet_on_a_leap_day_only_overlap() -> None:
    leap = SpecialHours(DAY, begins=(2, 29), ends=(2, 29))
    winter = SpecialHours(DAY[:1], begins=(11, 1), ends=(2, 29))
    spring = SpecialHours(DAY[:1], begins=(3, 1), ends=(4, 30))
    assert wrong_with(check_form, terms(special=(leap, winter))) == [("special_hours.1", "overlap")]
    assert wrong_with(check_form, terms(special=(leap, spring))) == []


def test_an_overlap_is_found_with_any_season_above_not_the_last_one_alone() -> None:
    summer = SpecialHours(DAY[:1], begins=(6, 1), ends=(8, 31))
    winter = SpecialHours(DAY[:1], begins=(12, 1), ends=(2, 28))
    july = SpecialHours(DAY, begins=(7, 1), ends=(7, 31))
    assert wrong_with(check_form, terms(special=(summer, winter, july))) == [("special_hours.2", "overlap")]


def test_a_shift_may_begin_when_the_one_before_it_ends() -> None:
    through = (Shift(time(8), time(12)), Shift(time(12), time(14)), Shift(time(14), time(18)))
    assert wrong_with(check_form, terms(usual=through)) == []
    assert wrong_with(check_form, terms(special=(SpecialHours(through, weekdays=(6,)),))) == []


def test_a_version_may_begin_today_and_on_the_first_day_of_the_newest() -> None:
    tomorrow = TODAY + timedelta(days=1)
    for valid_from, newest in ((TODAY, TODAY), (tomorrow, tomorrow), (tomorrow, TODAY)):
        check_valid_from(valid_from, newest, TODAY)
