"""Drafts of the dictionary: the table of steps, what a draft must not say, and what is told of two versions."""

from datetime import date, time
from typing import Any

import pytest

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
from services.grid.dictionary_drafts.domain import (
    DraftStatus,
    DraftTransitionError,
    check_complete,
    check_form,
    check_valid_from,
    read,
    require_transition,
    written,
)
from shared.contracts.severity import Severity
from shared.errors import Invalid
from shared.worktime import ClockUnit, Shift

DAY = (Shift(time(8), time(12)), Shift(time(14), time(18)))
ALLOWED = {
    ("draft", "draft"),
    ("draft", "published"),
    ("draft", "discarded"),
    ("published", "draft"),
    ("discarded", "draft"),
}


def test_the_table_of_steps() -> None:
    for present in DraftStatus:
        for to in DraftStatus:
            if (present, to) in ALLOWED:
                require_transition(present, to)
            else:
                with pytest.raises(DraftTransitionError):
                    require_transition(present, to)


def limits(*, amount: int = 2, unit: ClockUnit = ClockUnit.WORK_DAY) -> tuple[LimitTerms, ...]:
    return tuple(LimitTerms(severity, amount, unit) for severity in Severity)


def terms(*categories: CategoryTerms, special: tuple[SpecialHours, ...] = (), usual: tuple[Shift, ...] = DAY) -> Terms:
    return Terms(WorkHours(usual, special), categories or (CategoryTerms("fire", "消防隐患", limits()),))


def refused(said: Terms) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        check_form(said)
    return [(one.path, one.code) for one in refusal.value.errors]


FRIDAY = SpecialHours(DAY[:1], weekdays=(5,))
SUMMER = SpecialHours(DAY[:1], begins=(5, 1), ends=(9, 30))
WINTER = SpecialHours(DAY[:1], begins=(10, 1), ends=(4, 30))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (terms(usual=()), [("shifts", "missing")]),
        (terms(usual=(Shift(time(12), time(8)),)), [("shifts.0", "order")]),
        (terms(usual=(Shift(time(8), time(8)),)), [("shifts.0", "order")]),
        (terms(usual=(Shift(time(8), time(12)), Shift(time(11), time(18)))), [("shifts.1", "order")]),
        (terms(special=(SpecialHours(()),)), [("special_hours.0.shifts", "missing")]),
        (terms(special=(SpecialHours(DAY, begins=(5, 1)),)), [("special_hours.0.ends", "missing")]),
        (terms(special=(FRIDAY, SUMMER)), [("special_hours.1", "overlap")]),
        (terms(special=(WINTER, SpecialHours(DAY, begins=(4, 30), ends=(5, 1)))), [("special_hours.1", "overlap")]),
        (
            terms(CategoryTerms("a", "甲"), CategoryTerms("a", "乙")),
            [("categories.0.code", "repeated"), ("categories.1.code", "repeated")],
        ),
        (
            terms(CategoryTerms("a", "甲"), CategoryTerms("b", "甲")),
            [("categories.0.name", "repeated"), ("categories.1.name", "repeated")],
        ),
        (
            terms(CategoryTerms("a", "甲", (*limits()[:1], *limits()[:1]))),
            [("categories.0.limits.0", "repeated"), ("categories.0.limits.1", "repeated")],
        ),
        (
            terms(CategoryTerms("a", "甲", (LimitTerms(Severity.NORMAL, 251, ClockUnit.WORK_DAY),))),
            [("categories.0.limits.0.amount", "range")],
        ),
        (
            terms(CategoryTerms("a", "甲", (LimitTerms(Severity.NORMAL, 0, ClockUnit.HOUR),))),
            [("categories.0.limits.0.amount", "range")],
        ),
    ],
)
def test_what_a_draft_must_not_say(said: Terms, expected: list[tuple[str, str]]) -> None:
    assert refused(said) == expected


def test_seasons_and_weekdays_that_do_not_meet_stand_beside_each_other() -> None:
    check_form(terms(special=(SUMMER, WINTER)))
    check_form(terms(special=(FRIDAY, SpecialHours(DAY, weekdays=(6, 7)))))
    check_form(terms(usual=(Shift(time(8), time(12)), Shift(time(12), time(18)))))


def test_only_what_gives_every_severity_a_routine_limit_is_complete() -> None:
    check_complete(terms())
    engineering = LimitTerms(Severity.URGENT, 2, ClockUnit.DAY, Treatment.ENGINEERING)
    for said, expected in (
        (Terms(WorkHours(DAY), ()), [("categories", "missing")]),
        (terms(CategoryTerms("a", "甲", (*limits()[:2], engineering))), [("categories.0.limits", "missing")]),
    ):
        with pytest.raises(Invalid) as refusal:
            check_complete(said)
        assert [(one.path, one.code) for one in refusal.value.errors] == expected


def test_a_version_begins_today_at_the_earliest_and_not_before_the_newest() -> None:
    today = date(2026, 3, 16)
    check_valid_from(today, date(2026, 3, 16), today)
    for valid_from, newest, code in (
        (date(2026, 3, 15), date(2000, 1, 1), "past"),
        (date(2026, 3, 31), date(2026, 4, 1), "before_newest"),
    ):
        with pytest.raises(Invalid) as refusal:
            check_valid_from(valid_from, newest, today)
        assert [one.code for one in refusal.value.errors] == [code]


def test_json_keeps_what_a_draft_says() -> None:
    said = terms(
        CategoryTerms("a", "甲", (*limits(amount=9, unit=ClockUnit.WORK_HOUR),)),
        CategoryTerms("b", "乙"),
        special=(SUMMER, SpecialHours(DAY, weekdays=(6, 7), begins=(10, 1), ends=(4, 30))),
    )
    assert read(written(said)) == said


def test_differences_name_categories_limits_and_hours() -> None:
    engineering = LimitTerms(Severity.NORMAL, 5, ClockUnit.DAY, Treatment.ENGINEERING)
    old = terms(CategoryTerms("a", "甲", limits()), CategoryTerms("b", "乙", limits()), CategoryTerms("c", "丙"))
    new = terms(
        CategoryTerms("d", "丁", limits()[:1]),
        CategoryTerms("a", "甲类", (*limits(amount=3)[:1], *limits()[1:2], engineering)),
        CategoryTerms("c", "丙"),
        special=(SpecialHours(DAY[:1], (5,), (10, 1), (4, 30)),),
    )
    normal, urgent, routine = Severity.NORMAL, Severity.URGENT, Treatment.ROUTINE
    expected: list[Any] = [
        Difference(
            Change.HOURS_CHANGED,
            before="08:00—12:00，14:00—18:00",
            after="08:00—12:00，14:00—18:00；10-01 至 04-30 周五 08:00—12:00",
        ),
        Difference(Change.CATEGORY_RENAMED, "a", before="甲", after="甲类"),
        Difference(Change.LIMIT_CHANGED, "a", normal, routine, "2 工作日", "3 工作日"),
        Difference(Change.LIMIT_ADDED, "a", normal, Treatment.ENGINEERING, None, "5 自然日"),
        Difference(Change.LIMIT_REMOVED, "a", urgent, routine, "2 工作日", None),
        Difference(Change.CATEGORY_REMOVED, "b", before="乙"),
        Difference(Change.CATEGORY_ADDED, "d", after="丁"),
        Difference(Change.LIMIT_ADDED, "d", normal, routine, None, "2 工作日"),
    ]
    assert differences(old, new) == expected
    assert differences(new, new) == []
