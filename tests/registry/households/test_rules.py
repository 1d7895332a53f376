"""The one rule of the head, without a database."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from services.registry.households.domain import (
    HouseholdHasHead,
    HouseholdNeedsHead,
    HouseholdNeedsOneHead,
    Member,
    MemberElsewhere,
    MemberNotFound,
    MembershipDatesWrong,
    Succession,
    SuccessionIncomplete,
    found,
    is_empty,
    join,
    leave,
)

DAY, LATER = date(2026, 1, 1), date(2026, 2, 1)
HEAD, WIFE, SON = uuid4(), uuid4(), uuid4()


def a_member(person_id: UUID, relation: str) -> Member:
    return Member(person_id, relation, DAY)


FAMILY = [a_member(HEAD, "02"), a_member(WIFE, "10"), a_member(SON, "20")]


@pytest.mark.parametrize("relations", [[], ["10"], ["02", "02"], ["02", "10", "02"]])
def test_a_household_has_exactly_one_head(relations: list[str]) -> None:
    with pytest.raises(HouseholdNeedsOneHead):
        found([a_member(uuid4(), relation) for relation in relations])
    found([a_member(uuid4(), "02"), a_member(uuid4(), "10")])


def test_nobody_joins_as_a_second_head_or_twice() -> None:
    with pytest.raises(HouseholdHasHead):
        join(FAMILY, a_member(uuid4(), "02"))
    with pytest.raises(MemberElsewhere):
        join(FAMILY, a_member(SON, "20"))


def test_a_head_with_members_cannot_leave_without_a_successor() -> None:
    with pytest.raises(HouseholdNeedsHead):
        leave(FAMILY, HEAD, LATER, None)
    with pytest.raises(HouseholdNeedsHead):
        leave(FAMILY, HEAD, LATER, Succession(uuid4()))


def test_a_successor_says_what_the_others_are_to_her() -> None:
    with pytest.raises(SuccessionIncomplete):
        leave(FAMILY, HEAD, LATER, Succession(WIFE))
    after = leave(FAMILY, HEAD, LATER, Succession(WIFE, {SON: "20"}))
    assert [(one.person_id, one.relation, one.until) for one in after] == [
        (HEAD, "02", LATER),
        (WIFE, "02", None),
        (SON, "20", None),
    ]


def test_the_last_one_leaves_an_empty_household() -> None:
    after = leave([a_member(HEAD, "02")], HEAD, LATER, None)
    assert is_empty(after)


def test_who_is_not_a_member_or_leaves_before_joining_is_refused() -> None:
    with pytest.raises(MemberNotFound):
        leave(FAMILY, uuid4(), LATER, None)
    with pytest.raises(MembershipDatesWrong):
        leave(FAMILY, SON, date(2025, 12, 31), None)
