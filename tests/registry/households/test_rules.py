"""The one rule of the head, without a database."""

import contextlib
import random
from datetime import date, timedelta
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
    head_since,
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
    assert lines(after) == [
        (HEAD, "02", DAY, LATER),
        (WIFE, "10", DAY, LATER),
        (SON, "20", DAY, LATER),
        (WIFE, "02", LATER, None),
        (SON, "20", LATER, None),
    ]


def lines(members: list[Member]) -> list[tuple[UUID, str, date, date | None]]:
    return [(one.person_id, one.relation, one.since, one.until) for one in members]


def test_who_joined_on_the_day_of_a_succession_or_later_has_one_relation_only() -> None:
    """The head's leaving is told late: the son had joined in March."""
    later, april = date(2026, 3, 1), date(2026, 4, 1)
    family = [a_member(HEAD, "02"), a_member(WIFE, "10"), Member(SON, "20", later)]
    for on in (LATER, later):
        after = leave(family, HEAD, on, Succession(WIFE, {SON: "27"}))
        assert lines(after)[2:] == [(SON, "27", later, None), (WIFE, "02", on, None)]
    with pytest.raises(MembershipDatesWrong) as refused:
        leave(family, HEAD, LATER, Succession(SON, {WIFE: "50"}))
    assert [one.path for one in refused.value.errors] == ["new_head.head"]
    assert lines(leave(family, HEAD, april, Succession(SON, {WIFE: "50"})))[3:] == [
        (WIFE, "50", april, None),
        (SON, "02", april, None),
    ]


def test_who_left_after_the_head_was_headed_by_the_successor_till_then() -> None:
    """The wife left in March; that the head had left in February is told afterwards."""
    march = date(2026, 3, 1)
    family = [a_member(HEAD, "02"), Member(WIFE, "10", DAY, march)]
    with pytest.raises(HouseholdNeedsHead):
        leave(family, HEAD, LATER, None)
    assert lines(leave(family, HEAD, LATER, Succession(WIFE))) == [
        (HEAD, "02", DAY, LATER),
        (WIFE, "10", DAY, LATER),
        (WIFE, "02", LATER, march),
    ]
    with pytest.raises(MembershipDatesWrong):  # she was gone while the son stayed
        leave([*family, a_member(SON, "20")], HEAD, LATER, Succession(WIFE, {SON: "20"}))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_each_day_with_members_has_one_head_and_nobody_is_there_twice(seed: int) -> None:
    dice = random.Random(seed)
    people = [uuid4() for _ in range(5)]
    members = [a_member(people[0], "02")]
    for _ in range(40):
        open_ones = [one for one in members if one.until is None]
        on = DAY + timedelta(days=dice.randrange(30))
        if dice.random() < 0.5:
            person = dice.choice(people)
            ends = [one.until for one in members if one.person_id == person and one.until is not None]
            with contextlib.suppress(MemberElsewhere):
                members = join(members, Member(person, "20", max([on, head_since(members), *ends])))
        elif len(open_ones) > 1:
            heir = dice.choice(people)
            with contextlib.suppress(MemberNotFound, MembershipDatesWrong, HouseholdNeedsHead):
                members = leave(members, dice.choice(people), on, Succession(heir, dict.fromkeys(people, "30")))
        for day in (DAY + timedelta(days=number) for number in range(40)):
            there = [one for one in members if one.since <= day and one.lasts_beyond(day)]
            assert sum(one.relation == "02" for one in there) == (1 if there else 0), (day, members)
            assert len({one.person_id for one in there}) == len(there)


def test_the_last_one_leaves_an_empty_household() -> None:
    after = leave([a_member(HEAD, "02")], HEAD, LATER, None)
    assert [one.until for one in after] == [LATER]


def test_who_is_not_a_member_or_leaves_before_joining_is_refused() -> None:
    with pytest.raises(MemberNotFound):
        leave(FAMILY, uuid4(), LATER, None)
    with pytest.raises(MembershipDatesWrong):
        leave(FAMILY, SON, date(2025, 12, 31), None)
