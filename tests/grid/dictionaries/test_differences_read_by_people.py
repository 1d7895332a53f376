"""What a version of the dictionary changes against another one, and which hours of work a day has."""

from datetime import date, time

from services.grid.dictionaries.domain import (
    CategoryTerms,
    Change,
    Difference,
    LimitTerms,
    SpecialHours,
    Terms,
    Treatment,
    WorkHours,
    differences,
)
from shared.contracts.severity import Severity
from shared.worktime import ClockUnit, Shift

USUAL = (Shift(time(8), time(12)), Shift(time(14), time(18)))
SHORT = (Shift(time(8), time(11, 30)),)
NORMAL = LimitTerms(Severity.NORMAL, 5, ClockUnit.WORK_DAY)
URGENT = LimitTerms(Severity.URGENT, 2, ClockUnit.HOUR)
DIGGING = LimitTerms(Severity.NORMAL, 30, ClockUnit.DAY, Treatment.ENGINEERING)


def a_version(*categories: CategoryTerms, special: tuple[SpecialHours, ...] = ()) -> Terms:
    return Terms(WorkHours(USUAL, special), categories)


def test_a_version_differs_from_itself_in_nothing_whatever_the_order_of_its_lines() -> None:
    one, other = CategoryTerms("a", "甲", (NORMAL, URGENT)), CategoryTerms("b", "乙", (DIGGING,))
    turned = CategoryTerms("a", "甲", (URGENT, NORMAL))
    assert differences(a_version(one, other), a_version(other, turned)) == []


def test_what_a_way_forth_adds_the_way_back_removes() -> None:
    old = a_version(CategoryTerms("a", "甲", (NORMAL,)))
    new = a_version(CategoryTerms("a", "甲", (NORMAL, URGENT)))
    [forth], [back] = differences(old, new), differences(new, old)
    assert (forth.change, forth.before, forth.after) == (Change.LIMIT_ADDED, None, str(URGENT.limit))
    assert (back.change, back.before, back.after) == (Change.LIMIT_REMOVED, str(URGENT.limit), None)


def test_a_category_that_goes_is_one_difference_and_one_that_comes_brings_its_limits() -> None:
    none, whole = a_version(), a_version(CategoryTerms("a", "甲", (NORMAL, URGENT)))
    assert differences(whole, none) == [Difference(Change.CATEGORY_REMOVED, "a", before="甲")]
    assert [one.change for one in differences(none, whole)] == [
        Change.CATEGORY_ADDED,
        Change.LIMIT_ADDED,
        Change.LIMIT_ADDED,
    ]


def test_differences_stand_in_the_order_of_codes_and_hours_come_first() -> None:
    old = a_version(CategoryTerms("c", "丙"), CategoryTerms("a", "甲"))
    new = a_version(CategoryTerms("b", "乙"), CategoryTerms("a", "甲类"), special=(SpecialHours(SHORT, (5,)),))
    found = [(one.category, one.change) for one in differences(old, new)]
    assert found == [
        (None, Change.HOURS_CHANGED),
        ("a", Change.CATEGORY_RENAMED),
        ("b", Change.CATEGORY_ADDED),
        ("c", Change.CATEGORY_REMOVED),
    ]


def test_the_same_number_in_another_unit_is_a_change() -> None:
    days = LimitTerms(Severity.NORMAL, 5, ClockUnit.DAY)
    [found] = differences(a_version(CategoryTerms("a", "甲", (NORMAL,))), a_version(CategoryTerms("a", "甲", (days,))))
    assert (found.change, found.before, found.after) == (Change.LIMIT_CHANGED, "5 工作日", "5 自然日")


def test_the_limit_of_one_treatment_changes_without_the_other() -> None:
    longer = LimitTerms(Severity.NORMAL, 60, ClockUnit.DAY, Treatment.ENGINEERING)
    old = a_version(CategoryTerms("a", "甲", (NORMAL, DIGGING)))
    [found] = differences(old, a_version(CategoryTerms("a", "甲", (NORMAL, longer))))
    assert (found.severity, found.treatment) == (Severity.NORMAL, Treatment.ENGINEERING)


def test_a_day_has_its_special_hours_and_every_other_the_usual_ones() -> None:
    hours = WorkHours(USUAL, (SpecialHours(SHORT, weekdays=(5,), begins=(6, 1), ends=(8, 31)),))
    friday_in_june, friday_in_may, thursday_in_june = date(2026, 6, 5), date(2026, 5, 29), date(2026, 6, 4)
    assert hours(friday_in_june) == SHORT
    assert hours(friday_in_may) == hours(thursday_in_june) == USUAL


def test_a_saturday_that_is_worked_has_the_usual_hours_unless_special_ones_name_it() -> None:
    saturday = date(2026, 10, 10)
    assert WorkHours(USUAL, (SpecialHours(SHORT, weekdays=(5,)),))(saturday) == USUAL
    assert WorkHours(USUAL, (SpecialHours(SHORT, weekdays=(6,)),))(saturday) == SHORT
