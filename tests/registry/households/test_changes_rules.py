"""Rules of whole households: split, merge, dissolve, restore; relations against ages and against each other."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from services.registry.households.domain import (
    HouseholdNeedsHead,
    HouseholdNeedsOneHead,
    HouseholdRecord,
    Member,
    MembershipDatesWrong,
    NobodyStays,
    Related,
    RelationAgeDisagrees,
    RelationTwice,
    Succession,
    check_kin,
    end_all,
    merge,
    reopened,
    split,
)
from shared.errors import DomainError, NotFound
from shared.reference.relations import AGE_OF, ONCE_OF, RELATIONS, agrees_in_age

HEAD, WIFE, SON, DAUGHTER = (uuid4() for _ in range(4))
JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
BORN = {HEAD: date(1970, 1, 1), WIFE: date(1972, 1, 1), SON: date(1995, 1, 1), DAUGHTER: date(1998, 1, 1)}
FAMILY = [
    Member(HEAD, "02", JANUARY),
    Member(WIFE, "10", JANUARY),
    Member(SON, "20", JANUARY),
    Member(DAUGHTER, "30", FEBRUARY),
]


def paths_of(refused: pytest.ExceptionInfo[DomainError]) -> list[str]:
    return [one.path for one in refused.value.errors]


@pytest.mark.parametrize(
    ("relation", "older", "younger"),
    [
        ("20", False, True),
        ("30", False, True),
        ("41", False, True),
        ("51", True, False),
        ("61", True, False),
        ("71", True, False),
        ("73", False, True),
        ("27", True, True),  # a stepson may be older than who married his parent
        ("28", True, True),
        ("57", True, True),
        ("10", True, True),
        ("99", True, True),
    ],
)
def test_kin_by_birth_are_older_or_younger_than_the_head(relation: str, older: bool, younger: bool) -> None:
    head = date(1980, 5, 5)
    assert agrees_in_age(relation, date(1980, 5, 4), head) is older
    assert agrees_in_age(relation, date(1980, 5, 6), head) is younger
    assert agrees_in_age(relation, head, head)


def test_every_code_that_tells_an_age_or_stands_once_is_in_the_list() -> None:
    assert set(AGE_OF) <= set(RELATIONS)
    assert set(ONCE_OF) <= set(RELATIONS)


def test_a_child_older_than_the_head_is_refused_where_it_is_told() -> None:
    old = {**BORN, SON: date(1969, 12, 31)}
    with pytest.raises(RelationAgeDisagrees) as refused:
        check_kin(FAMILY, old, {SON: "members.2.relation", WIFE: "members.1.relation"})
    assert paths_of(refused) == ["members.2.relation"]
    check_kin(FAMILY, old, {WIFE: "members.1.relation"})  # what is not told anew is not judged again
    check_kin(FAMILY, BORN, {SON: "members.2.relation"})


def test_a_second_spouse_is_refused_by_whatever_name_and_a_former_one_is_none() -> None:
    two = [*FAMILY, Member(uuid4(), "12", MARCH)]
    with pytest.raises(RelationTwice) as refused:
        check_kin(two, BORN, {two[-1].person_id: "relation"})
    assert paths_of(refused) == ["relation"]
    former = [FAMILY[0], Member(WIFE, "10", JANUARY, FEBRUARY), two[-1]]
    check_kin(former, BORN, {two[-1].person_id: "relation"})
    check_kin([*FAMILY, Member(uuid4(), "30", MARCH)], BORN, {DAUGHTER: "relation"})  # daughters may be many


def test_some_leave_together_under_a_head_of_their_own() -> None:
    staying, founded = split(FAMILY, [Related(SON, "02"), Related(DAUGHTER, "77")], MARCH, None)
    assert founded == [Member(SON, "02", MARCH), Member(DAUGHTER, "77", MARCH)]
    assert [one.until for one in staying] == [None, None, MARCH, MARCH]


def test_if_the_head_is_among_them_the_others_have_a_new_one() -> None:
    leaving = [Related(HEAD, "02"), Related(DAUGHTER, "30")]
    with pytest.raises(HouseholdNeedsHead):
        split(FAMILY, leaving, MARCH, None)
    staying, _ = split(FAMILY, leaving, MARCH, Succession(WIFE, {SON: "20"}))
    assert [(one.person_id, one.relation) for one in staying if one.until is None] == [(WIFE, "02"), (SON, "20")]


@pytest.mark.parametrize(
    ("leaving", "on", "refusal", "paths"),
    [
        ([Related(SON, "20")], MARCH, HouseholdNeedsOneHead, ["members"]),
        ([Related(SON, "02"), Related(WIFE, "02")], MARCH, HouseholdNeedsOneHead, ["members"]),
        ([Related(SON, "02"), Related(UUID(int=1), "99")], MARCH, NotFound, ["members.1.person_id"]),
        ([Related(DAUGHTER, "02")], JANUARY, MembershipDatesWrong, ["on"]),
        (
            [Related(HEAD, "02"), Related(WIFE, "10"), Related(SON, "20"), Related(DAUGHTER, "30")],
            MARCH,
            NobodyStays,
            ["members"],
        ),
    ],
)
def test_what_is_no_split_is_refused(
    leaving: list[Related], on: date, refusal: type[DomainError], paths: list[str]
) -> None:
    with pytest.raises(refusal) as refused:
        split(FAMILY, leaving, on, None)
    assert paths_of(refused) == paths


def test_all_who_remain_in_the_other_household_join_this_one() -> None:
    ours, theirs = FAMILY[:2], [Member(SON, "02", JANUARY), Member(DAUGHTER, "77", FEBRUARY)]
    members, ended = merge(ours, theirs, [Related(SON, "20"), Related(DAUGHTER, "30")], MARCH)
    assert members == [*ours, Member(SON, "20", MARCH), Member(DAUGHTER, "30", MARCH)]
    assert [one.until for one in ended] == [MARCH, MARCH]


@pytest.mark.parametrize(
    ("told", "on", "refusal", "paths"),
    [
        ([Related(SON, "20")], MARCH, HouseholdNeedsOneHead, ["relations"]),
        ([Related(SON, "02"), Related(DAUGHTER, "30")], MARCH, HouseholdNeedsOneHead, ["relations.0.relation"]),
        ([Related(SON, "20"), Related(WIFE, "30")], MARCH, NotFound, ["relations.1.person_id"]),
        ([Related(SON, "20"), Related(DAUGHTER, "30")], date(2025, 12, 31), MembershipDatesWrong, ["on"]),
        ([Related(SON, "20"), Related(DAUGHTER, "30")], JANUARY, MembershipDatesWrong, ["on"]),
    ],
)
def test_what_is_no_merger_is_refused(
    told: list[Related], on: date, refusal: type[DomainError], paths: list[str]
) -> None:
    theirs = [Member(SON, "02", JANUARY), Member(DAUGHTER, "77", FEBRUARY)]
    with pytest.raises(refusal) as refused:
        merge(FAMILY[:2], theirs, told, on)
    assert paths_of(refused) == paths


def test_a_household_ends_on_no_day_before_a_change_of_it() -> None:
    assert [one.until for one in end_all(FAMILY, MARCH)] == [MARCH] * 4
    with pytest.raises(MembershipDatesWrong):
        end_all(FAMILY, JANUARY)
    with pytest.raises(MembershipDatesWrong):
        end_all([FAMILY[0], Member(WIFE, "10", JANUARY, MARCH)], FEBRUARY)


def test_who_comes_back_are_the_members_under_the_last_head() -> None:
    members = (
        Member(HEAD, "02", JANUARY, MARCH),
        Member(WIFE, "10", JANUARY, MARCH),
        Member(SON, "20", JANUARY, FEBRUARY),
        Member(WIFE, "02", MARCH, MARCH),
    )
    household = HouseholdRecord(uuid4(), 4, "legal", "450481100201", "dissolved", JANUARY, MARCH, members)
    after, back = reopened(household)
    assert back == [WIFE]
    assert after == [*members[:3], Member(WIFE, "02", MARCH)]
    restored = household.with_members(after)
    assert (restored.status, restored.dissolved_on) == ("active", None)
