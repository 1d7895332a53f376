"""Rules of verifications: the county's days, the order of looks, what is no look at all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.verifications.domain import (
    DEFAULT_DAYS,
    DEFAULT_FRESHNESS,
    FRESH_DAYS,
    FieldGroup,
    Freshness,
    Known,
    NothingToTakeBack,
    Verification,
    VerifiedOnWrong,
    check_look,
    opened,
    require_looks,
    stored,
    with_look,
)
from services.registry.verifications.repository import days_of
from shared.ids import new_id

DAY = date(2026, 3, 16)


def test_the_county_sets_days_and_leaves_the_others() -> None:
    policy = Freshness.parse("contact:90, political:30")
    assert policy.days == {**DEFAULT_DAYS, "contact": 90, "political": 30}
    assert Freshness.parse("") == Freshness.parse(FRESH_DAYS) == DEFAULT_FRESHNESS


@pytest.mark.parametrize("text", ["contacts:90", "contact", "contact:0", "contact:3661", "contact:often", "contact:-1"])
def test_what_is_no_policy_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Freshness.parse(text)


@given(st.sampled_from(list(FieldGroup)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_look_is_due_from_the_day_on_which_a_list_says_so(group: FieldGroup, verified_on: date) -> None:
    due_on = DEFAULT_FRESHNESS.due_on(group, verified_on)
    assert DEFAULT_FRESHNESS.stale_on(group, due_on) == verified_on
    assert DEFAULT_FRESHNESS.stale_on(group, due_on - timedelta(days=1)) < verified_on


def a_look(on: date) -> Verification:
    return Verification(FieldGroup.CONTACT, on, "tester", datetime(2026, 3, 16, tzinfo=UTC), None)


def test_a_look_that_is_entered_late_does_not_count_as_the_last() -> None:
    looks = with_look(with_look([], a_look(DAY)), a_look(DAY - timedelta(days=9)))
    known = Known(new_id(), FieldGroup.CONTACT, date(2026, 1, 1), looks)
    assert known.fresh_from == DAY
    assert opened(FieldGroup.CONTACT, stored(looks)) == looks


def test_nobody_looks_tomorrow_or_before_a_birth() -> None:
    check_look(DAY, birth_date=DAY, today=DAY)
    for wrong in (DAY + timedelta(days=1), DAY - timedelta(days=1)):
        with pytest.raises(VerifiedOnWrong):
            check_look(wrong, birth_date=DAY, today=DAY)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("contact:1", 1),
        ("contact:3660", 3660),
        (" contact : 30 ", 30),
        ("contact:30,", 30),
        (",contact:30,,", 30),
        ("contact:30,contact:40", 40),
        ("places:30", 365),
    ],
)
def test_a_policy_is_of_a_day_to_ten_years_and_the_last_word_counts(text: str, days: int) -> None:
    assert Freshness.parse(text).days["contact"] == days


@pytest.mark.parametrize("text", ["contact:30 places:30", "contact:30,places", "contact:30;places:30", ":30"])
def test_a_policy_with_one_wrong_part_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w|base 10"):
        Freshness.parse(text)


def test_a_look_is_good_for_as_long_as_the_county_says() -> None:
    assert {str(group): DEFAULT_DAYS[group] for group in FieldGroup} == {
        "identity": 1095,
        "contact": 365,
        "places": 180,
        "household": 365,
    }
    two = days_of(Freshness.parse("contact:10"), [FieldGroup.CONTACT, FieldGroup.PLACES], DAY)
    assert two == {FieldGroup.CONTACT: date(2026, 3, 6), FieldGroup.PLACES: date(2025, 9, 17)}
    assert DEFAULT_FRESHNESS.due_on("places", date(2024, 2, 29)) == date(2024, 8, 27)


def known_of(group: FieldGroup, *days: date) -> Known:
    looks: list[Verification] = []
    for day in days:
        looks = list(with_look(looks, a_look(day)))
    return Known(new_id(), group, date(2026, 1, 1), looks)


def test_before_the_first_look_the_entry_counts_as_one() -> None:
    never, once = known_of(FieldGroup.CONTACT), known_of(FieldGroup.CONTACT, date(2025, 6, 1))
    assert (never.last, never.fresh_from) == (None, date(2026, 1, 1))
    assert (once.last, once.fresh_from) == (a_look(date(2025, 6, 1)), date(2025, 6, 1)), (
        "even if it was before the entry"
    )


def test_looks_stand_in_the_order_of_their_days_and_of_one_day_in_that_of_their_entry() -> None:
    first, second, third = (replace(a_look(DAY), by=by) for by in ("one", "two", "three"))
    early = replace(a_look(DAY - timedelta(days=1)), by="early")
    looks: list[Verification] = []
    for look in (first, second, early, third):
        looks = list(with_look(looks, look))
    assert [one.by for one in looks] == ["early", "one", "two", "three"]


@pytest.mark.parametrize(
    ("asked", "bare"),
    [
        (["contact"], []),
        (["identity"], ["groups.0"]),
        (["contact", "identity", "places", "household"], ["groups.1", "groups.3"]),
        (["identity", "household"], ["groups.0", "groups.1"]),
        (["places", "contact"], []),
    ],
)
def test_only_what_somebody_looked_at_is_taken_back_and_all_the_others_are_named(
    asked: list[str], bare: list[str]
) -> None:
    looked = {FieldGroup.CONTACT, FieldGroup.PLACES}
    known = {group: known_of(group, *([DAY] if group in looked else [])) for group in FieldGroup}
    found: list[str] = []
    try:
        require_looks(known, [FieldGroup(group) for group in asked])
    except NothingToTakeBack as refused:
        found = [one.path for one in refused.errors]
    assert found == bare


@pytest.mark.parametrize(("day", "right"), [(-1, False), (0, True), (9, True), (10, True), (11, False)])
def test_a_look_lies_between_birth_and_today(day: int, right: bool) -> None:
    named: list[str] = []
    try:
        check_look(DAY + timedelta(days=day), birth_date=DAY, today=DAY + timedelta(days=10))
    except VerifiedOnWrong as refused:
        named = [one.path for one in refused.errors]
    assert named == ([] if right else ["verified_on"])
