"""Rules of marriages: lifecycle, legal ages, when one has ended, near kin."""

from dataclasses import replace
from datetime import date
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.households.domain import HouseholdRecord, Member, MembershipDatesWrong, relate
from services.registry.households.domain.refusals import HouseholdHasHead, HouseholdNeedsHead, MemberNotFound
from services.registry.marriages.domain import (
    LEGAL_AGES,
    Ended,
    MarriageEnded,
    MarriageNotEnded,
    MarriageRecord,
    are_kin_by_household,
    are_near_kin,
    ended,
    in_the_way,
    legal_age,
    of_age,
    require_transition,
)
from shared.contracts.registry.marriages import MarriageStatus
from shared.errors import DomainError

ONE, OTHER, THIRD, FOURTH = (UUID(int=number) for number in range(1, 5))
ALLOWED = {
    ("married", "divorced"),
    ("married", "widowed"),
    ("married", "withdrawn"),
    ("divorced", "married"),
    ("divorced", "widowed"),
    ("divorced", "withdrawn"),
    ("widowed", "married"),
    ("widowed", "withdrawn"),
}
MARRIAGE = MarriageRecord(
    id=UUID(int=9),
    version=1,
    status="married",
    area="450481100201",
    person_id=ONE,
    spouse_id=OTHER,
    outside_sealed=None,
    married_on=date(2020, 5, 1),
    divorced_on=None,
    outside_died_on=None,
    ended_on=None,
)
DAYS = st.dates(date(2019, 1, 1), date(2022, 1, 1))


def test_a_marriage_goes_these_ways_and_no_others() -> None:
    for present, to in product(MarriageStatus, MarriageStatus):
        refused: type[DomainError] | None = None
        try:
            require_transition(str(present), to)
        except (MarriageEnded, MarriageNotEnded) as error:
            refused = type(error)
        if (present, to) in ALLOWED:
            assert refused is None, (present, to)
        else:
            assert refused is (MarriageNotEnded if to is MarriageStatus.MARRIED else MarriageEnded)


@pytest.mark.parametrize(
    ("day", "man", "woman"),
    [
        (date(1950, 4, 30), 0, 0),
        (date(1950, 5, 1), 20, 18),
        (date(1980, 12, 31), 20, 18),
        (date(1981, 1, 1), 22, 20),
        (date(2021, 1, 1), 22, 20),
    ],
)
def test_legal_ages_are_those_in_force_on_the_day(day: date, man: int, woman: int) -> None:
    assert (legal_age("1", day), legal_age("2", day), legal_age("0", day)) == (man, woman, woman)
    assert [one.since for one in LEGAL_AGES] == sorted(one.since for one in LEGAL_AGES)
    assert all("第" in one.source for one in LEGAL_AGES)


def test_the_birthday_itself_is_of_age() -> None:
    assert of_age("1", date(2000, 3, 7), date(2022, 3, 7))
    assert not of_age("1", date(2000, 3, 7), date(2022, 3, 6))
    assert not of_age("2", date(1949, 3, 7), date(1948, 3, 7)), "nobody marries before birth"


@given(st.none() | DAYS, st.none() | DAYS, st.none() | DAYS)
def test_a_marriage_ends_with_what_ends_it_first(one: date | None, other: date | None, divorced: date | None) -> None:
    divorced_on = divorced if divorced and divorced >= MARRIAGE.married_on else None
    end = ended(replace(MARRIAGE, divorced_on=divorced_on), {ONE: one, OTHER: other})
    deaths = [day for day in (one, other) if day is not None]
    if deaths and min(deaths) < (divorced_on or MARRIAGE.married_on):
        assert end is None
    elif divorced_on is not None:
        assert end == Ended(MarriageStatus.DIVORCED, divorced_on)
    elif deaths:
        assert end == Ended(MarriageStatus.WIDOWED, min(deaths))
    else:
        assert end == Ended(MarriageStatus.MARRIED, None)


@given(DAYS, st.none() | DAYS, DAYS, st.none() | DAYS)
def test_two_marriages_are_in_each_others_way_if_both_hold_on_a_day(
    begun: date, over: date | None, also_begun: date, also_over: date | None
) -> None:
    over, also_over = (over and max(begun, over)), (also_over and max(also_begun, also_over))
    held = replace(MARRIAGE, married_on=also_begun, ended_on=also_over)
    last = date(2023, 1, 1).toordinal()
    mine = set(range(begun.toordinal(), over.toordinal() if over else last))
    theirs = set(range(also_begun.toordinal(), also_over.toordinal() if also_over else last))
    assert bool(in_the_way(UUID(int=8), begun, over, [held])) == bool(mine & theirs)
    assert not in_the_way(held.id, begun, over, [held])
    assert not in_the_way(UUID(int=8), begun, over, [replace(held, status="withdrawn")])


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ({OTHER: 3}, {}, True),
        ({THIRD: 1}, {THIRD: 1}, True),
        ({THIRD: 2}, {THIRD: 1}, True),
        ({THIRD: 2}, {THIRD: 2}, True),
        ({THIRD: 3}, {THIRD: 1}, False),
        ({THIRD: 1}, {FOURTH: 1}, False),
    ],
)
def test_near_kin_are_of_direct_line_or_of_three_generations(
    one: dict[UUID, int], other: dict[UUID, int], near: bool
) -> None:
    assert are_near_kin(one, other, (ONE, OTHER)) == near
    assert are_near_kin(other, one, (OTHER, ONE)) == near


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("02", "20", True),
        ("02", "41", True),
        ("02", "77", True),
        ("02", "92", True),
        ("02", "38", False),
        ("02", "99", False),
        ("02", "37", False),
        ("20", "30", True),
        ("20", "42", True),
        ("20", "77", True),
        ("20", "94", True),
        ("20", "90", False),
        ("20", "38", False),
        ("51", "52", False),
        ("71", "77", False),
        ("41", "44", True),
        ("47", "30", False),
        ("47", "77", False),
        ("02", "47", True),
        ("02", "66", True),
        ("47", "50", True),
        ("20", "47", False),
        ("41", "77", False),
        ("20", "91", False),
    ],
)
def test_kin_by_household_are_those_whom_their_relations_to_one_head_make_so(one: str, other: str, near: bool) -> None:
    since = date(2020, 1, 1)
    head = ONE if one == "02" else THIRD
    members = [Member(ONE, one, since), Member(OTHER, other, since)]
    if head != ONE:
        members.insert(0, Member(THIRD, "02", since))
    household = HouseholdRecord(FOURTH, 1, "legal", "450481100201", "active", since, None, tuple(members))
    assert are_kin_by_household((ONE, OTHER), [household]) == near
    assert are_kin_by_household((OTHER, ONE), [household]) == near


def test_a_relation_of_an_earlier_head_tells_nothing_of_the_later_one() -> None:
    first, then = date(2020, 1, 1), date(2021, 1, 1)
    members = (
        Member(THIRD, "02", first, then),
        Member(OTHER, "20", first, then),
        Member(ONE, "02", then),
        Member(OTHER, "99", then),
    )
    household = HouseholdRecord(FOURTH, 2, "legal", "450481100201", "active", first, None, members)
    assert not are_kin_by_household((ONE, OTHER), [household])
    assert are_kin_by_household((THIRD, OTHER), [household])


def test_a_relation_tells_of_whoever_was_the_head_on_its_first_day_and_of_nobody_else() -> None:
    first, then = date(2020, 1, 1), date(2021, 1, 1)
    into_the_family = (
        Member(ONE, "02", first, then),
        Member(THIRD, "38", first, then),
        Member(OTHER, "30", first),
        Member(THIRD, "02", then),
    )
    joined_later = (Member(THIRD, "02", first, then), Member(ONE, "02", then), Member(OTHER, "20", then))
    for members in (into_the_family, joined_later):
        household = HouseholdRecord(FOURTH, 2, "legal", "450481100201", "active", first, None, members)
        assert are_kin_by_household((ONE, OTHER), [household])
        assert not are_kin_by_household((THIRD, OTHER), [household])
        assert not are_kin_by_household((ONE, OTHER), [])


def test_a_member_is_something_else_to_the_same_head_from_a_day_on() -> None:
    first, then = date(2020, 1, 1), date(2021, 1, 1)
    members = [Member(ONE, "02", first), Member(OTHER, "99", first)]
    assert relate(members, OTHER, "10", then) == [
        members[0],
        Member(OTHER, "99", first, then),
        Member(OTHER, "10", then),
    ]
    assert relate(members, OTHER, "10", first) == [members[0], Member(OTHER, "10", first)]
    for who, relation, on, refused in (
        (THIRD, "10", then, MemberNotFound),
        (ONE, "10", then, HouseholdNeedsHead),
        (OTHER, "02", then, HouseholdHasHead),
        (OTHER, "10", date(2019, 1, 1), MembershipDatesWrong),
    ):
        with pytest.raises(refused):
            relate(members, who, relation, on)
