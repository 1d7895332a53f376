"""Rules of changes of whole households (分户, 并户, 销户, 恢复) and of relations that contradict each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.registry.households.domain.households import (
    HouseholdRecord,
    Member,
    Succession,
    leave,
    under_new_head,
)
from services.registry.households.domain.refusals import (
    HeadAlready,
    HouseholdHasHead,
    HouseholdNeedsHead,
    HouseholdNeedsOneHead,
    MemberNotFound,
    MembershipDatesWrong,
    NobodyStays,
    RelationAgeDisagrees,
    RelationTwice,
)
from shared.errors import FieldError, NotFound
from shared.reference.relations import HEAD, ONCE_OF, agrees_in_age


@dataclass(frozen=True, slots=True)
class Related:
    """A person and the relation to a head."""

    person_id: UUID
    relation: str


def check_kin(members: Sequence[Member], births: Mapping[UUID, date], paths: Mapping[UUID, str]) -> None:
    """Check the relations told (`paths`: where each stands in the body) against ages and against each other.

    Raises `RelationAgeDisagrees`, `RelationTwice` with every path.
    """
    standing = [member for member in members if member.until is None]
    head = next((member.person_id for member in standing if member.relation == HEAD), None)
    told = [member for member in standing if member.person_id in paths]
    born = None if head is None else births.get(head)
    wrong = [
        paths[one.person_id]
        for one in told
        if born is not None and one.person_id in births and not agrees_in_age(one.relation, births[one.person_id], born)
    ]
    if wrong:
        raise RelationAgeDisagrees.at(*dict.fromkeys(wrong))
    held = [ONCE_OF.get(member.relation) for member in standing]
    twice = [paths[one.person_id] for one in told if held.count(ONCE_OF.get(one.relation, "none")) > 1]
    if twice:
        raise RelationTwice.at(*dict.fromkeys(twice))


def split(
    members: Sequence[Member], leaving: Sequence[Related], on: date, succession: Succession | None
) -> tuple[list[Member], list[Member]]:
    """The members who stay and those of the new household, after some have left together on a day.

    Raises `NotFound` for who is no member, `HouseholdNeedsOneHead`, `NobodyStays`, `MembershipDatesWrong`, and as
    `leave` if the head is among them.
    """
    standing = {member.person_id: member for member in members if member.until is None}
    if strangers := [place for place, one in enumerate(leaving) if one.person_id not in standing]:
        raise NotFound.at(*(f"members.{place}.person_id" for place in strangers))
    if [one.relation for one in leaving].count(HEAD) != 1:
        title = HouseholdNeedsOneHead.title
        raise HouseholdNeedsOneHead(errors=[FieldError("members", HouseholdNeedsOneHead.code, title)])
    if len(leaving) == len(standing):
        raise NobodyStays.at("members")
    if any(on < standing[one.person_id].since for one in leaving):
        raise MembershipDatesWrong.at("on")
    after = list(members)
    for one in sorted(leaving, key=lambda one: standing[one.person_id].relation == HEAD):
        after = leave(after, one.person_id, on, succession)
    return after, [Member(one.person_id, one.relation, on) for one in leaving]


def merge(
    members: Sequence[Member], joining: Sequence[Member], told: Sequence[Related], on: date
) -> tuple[list[Member], list[Member]]:
    """The members of the household that goes on, and those of the other one, which ends with it, on a day.

    Raises `NotFound` for who is told of and no member of the other one, `MembershipDatesWrong`, and
    `HouseholdNeedsOneHead` if somebody is told to be a second head or of somebody nothing is told.
    """
    standing = {member.person_id for member in joining if member.until is None}
    if strangers := [place for place, one in enumerate(told) if one.person_id not in standing]:
        raise NotFound.at(*(f"relations.{place}.person_id" for place in strangers))
    if heads := [place for place, one in enumerate(told) if one.relation == HEAD]:
        raise HouseholdNeedsOneHead.at(*(f"relations.{place}.relation" for place in heads))
    if {one.person_id for one in told} != standing:
        raise HouseholdNeedsOneHead.at("relations")
    first = min(member.since for member in members if member.until is None and member.relation == HEAD)
    if on < first:
        raise MembershipDatesWrong.at("on")
    return [*members, *(Member(one.person_id, one.relation, on) for one in told)], end_all(joining, on)


def take_over(members: Sequence[Member], leaver: UUID, successor: UUID, on: date) -> list[Member]:
    """The members after one has taken the place of another, who is the same person, on a day.

    The successor gets the relation of the leaver, or keeps an own one to another head. Who stays under a new head has
    the same relation to the new one.
    """
    own = next(member for member in members if member.person_id == leaver and member.until is None)
    heads = own.relation == HEAD
    inside = any(member.person_id == successor and member.until is None for member in members)
    after = [replace(member, until=on) if member is own else member for member in members]
    if not inside:
        after.append(Member(successor, own.relation, on))
    for number, member in enumerate(members if heads else ()):
        if member is own or member.until is not None:
            continue
        relation = HEAD if member.person_id == successor else member.relation
        if member.since >= on:  # it held under no other head
            after[number] = replace(member, relation=relation)
        else:
            after[number] = replace(member, until=on)
            after.append(replace(member, relation=relation, since=on))
    return after


def change_head(members: Sequence[Member], on: date, succession: Succession) -> list[Member]:
    """The members under another head from a day on (户主变更): the one of before stays, as what the relations tell.

    Said again for the same day, the other way round, it is undone: no day is left under the other head. Raises
    `HeadAlready`, `NotFound` for a new head who is no member, `MembershipDatesWrong`, `SuccessionIncomplete`.
    """
    head = next(member for member in members if member.relation == HEAD and member.until is None)
    if succession.head == head.person_id:
        raise HeadAlready.at("new_head.head")
    staying = [member for member in members if member.lasts_beyond(on)]
    own = [member for member in staying if member.person_id == succession.head]
    if not own:
        raise NotFound.at("new_head.head", subject=succession.head)
    if on < head.since:
        raise MembershipDatesWrong.at("on")
    return under_new_head(members, own, staying, on, succession)


def relate(members: Sequence[Member], person_id: UUID, relation: str, on: date) -> list[Member]:
    """The members after one of them is something else to the same head from a day on.

    Raises `MemberNotFound`, `HouseholdNeedsHead` for the head and `HouseholdHasHead` for one who would be, and
    `MembershipDatesWrong`.
    """
    own = next((member for member in members if member.person_id == person_id and member.until is None), None)
    if own is None:
        raise MemberNotFound(person_id)
    if own.relation == HEAD:
        raise HouseholdNeedsHead(person_id)
    if relation == HEAD:
        raise HouseholdHasHead(person_id)
    if on < own.since:
        raise MembershipDatesWrong.at("households_on", subject=person_id)
    if on == own.since:
        return [replace(member, relation=relation) if member is own else member for member in members]
    ended = [replace(member, until=on) if member is own else member for member in members]
    return [*ended, Member(person_id, relation, on)]


def end_all(members: Sequence[Member], on: date) -> list[Member]:
    """The members after all who remain have left on a day. Raises `MembershipDatesWrong` if somebody came later."""
    if any(on < member.since or (member.until is not None and member.until > on) for member in members):
        raise MembershipDatesWrong.at("on")
    return [replace(member, until=on) if member.until is None else member for member in members]


def reopened(household: HouseholdRecord) -> tuple[list[Member], list[UUID]]:
    """The members as if the household had not been dissolved, and those who belong to it again.

    They are those whose memberships ended on that day under the head who was the last.
    """
    last = max(
        (one for one in household.members if one.relation == HEAD and one.until == household.dissolved_on),
        key=lambda one: one.since,
    )
    back = [one for one in household.members if one.until == household.dissolved_on and one.since >= last.since]
    return [replace(one, until=None) if one in back else one for one in household.members], [
        one.person_id for one in back
    ]
