"""Rules of verifications: the county's days, the order of looks, what is no look at all."""

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
    Verification,
    VerifiedOnWrong,
    check_look,
    opened,
    stored,
    with_look,
)
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
