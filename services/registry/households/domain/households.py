"""Rules of households (住户): members and exactly one head (户主)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.registry.households.domain.refusals import (
    HouseholdHasHead,
    HouseholdNeedsHead,
    HouseholdNeedsOneHead,
    MemberElsewhere,
    MemberNotFound,
    MembershipDatesWrong,
    RelationDisagrees,
    SuccessionIncomplete,
    SuccessionNamesOthers,
)
from services.registry.life_events.domain import is_counted
from services.registry.persons.domain import NewPerson, PersonRecord, spans_of
from shared.contracts.registry.postings import Book
from shared.errors import FieldError
from shared.reference.areas import village_of
from shared.reference.named_code import NamedCode
from shared.reference.relations import HEAD, agrees


class HouseholdKind(NamedCode):
    """`legal` counts by the registered area (户籍户), `living` by where it lives."""

    LEGAL = "legal", "户籍户"
    LIVING = "living", "居住户"


class HouseholdStatus(NamedCode):
    ACTIVE = "active", "在册"
    DISSOLVED = "dissolved", "已注销"


class HouseholdPresence(NamedCode):
    """Who of a legal household lives in its village now (derived): all, some, nobody."""

    HERE = "here", "人户一致"
    SEPARATED = "separated", "部分人户分离"
    VACANT = "vacant", "空挂户"


@dataclass(frozen=True, slots=True)
class Member:
    """A membership with one relation to one head, open while `until` is None.

    Who stays under a new head has another of these from that day: what the relation was is kept.
    """

    person_id: UUID
    relation: str
    since: date
    until: date | None = None

    def lasts_beyond(self, day: date) -> bool:
        """Whether it holds on some day from this one on."""
        return self.until is None or self.until > day


@dataclass(frozen=True, slots=True)
class Belonging:
    """Whether somebody belongs to a household of a kind now, and the day of leaving one for the last time."""

    left_on: date | None = None
    now: bool = False


@dataclass(frozen=True, slots=True)
class Succession:
    """Change of the head (户主变更): the new head, and the relations of the others to the new head."""

    head: UUID
    relations: Mapping[UUID, str] = field(default_factory=dict)

    def require_members(self, people: Collection[UUID]) -> None:
        """Refuse relations of anybody but these. Raises `SuccessionNamesOthers` with every path."""
        others = [place for place, person_id in enumerate(self.relations) if person_id not in people]
        if others:
            raise SuccessionNamesOthers.at(*(f"new_head.relations.{place}.person_id" for place in others))

    def paths(self) -> Mapping[UUID, str]:
        """Where the relation of each stands in the body."""
        return {person_id: f"new_head.relations.{place}.relation" for place, person_id in enumerate(self.relations)}

    def told(self, sexes: Mapping[UUID, str]) -> Sequence[tuple[str, str, str]]:
        """Path, relation and sex of each whose sex is given."""
        paths = self.paths()
        return [(paths[who], relation, sexes[who]) for who, relation in self.relations.items() if who in sexes]


def check_relations(people: Sequence[tuple[str, str, str]]) -> None:
    """Check the path in the body, the relation and the sex of each. Raises `RelationDisagrees` with every path."""
    wrong = [path for path, relation, sex in people if not agrees(relation, sex)]
    if wrong:
        raise RelationDisagrees(
            errors=[FieldError(path, RelationDisagrees.code, RelationDisagrees.title) for path in wrong]
        )


def found(members: Sequence[Member]) -> None:
    """Check the first members: exactly one is the head, and belongs to it from the first day on which anybody does.

    Raises `HouseholdNeedsOneHead`, `MembershipDatesWrong`.
    """
    heads = [member for member in members if member.relation == HEAD]
    if len(heads) != 1:
        raise HouseholdNeedsOneHead(
            errors=[FieldError("members", "household_needs_one_head", HouseholdNeedsOneHead.title)]
        )
    if early := [index for index, member in enumerate(members) if member.since < heads[0].since]:
        raise MembershipDatesWrong.at(*(f"members.{index}.since" for index in early))


def join(members: Sequence[Member], member: Member) -> list[Member]:
    """The members after one has joined. Raises `HouseholdHasHead`, `MemberElsewhere`."""
    remaining = [other for other in members if other.until is None]
    if any(other.person_id == member.person_id for other in remaining):
        raise MemberElsewhere.at("person_id")
    if member.relation == HEAD and remaining:
        raise HouseholdHasHead.at("relation")
    return [*members, member]


def leave(members: Sequence[Member], person_id: UUID, on: date, succession: Succession | None) -> list[Member]:
    """The members after one has left on a day, which may lie before other changes of the household.

    Raises `MemberNotFound`, `MembershipDatesWrong`, `HouseholdNeedsHead`, `SuccessionIncomplete`.
    """
    leaver = next((member for member in members if member.person_id == person_id and member.until is None), None)
    if leaver is None:
        raise MemberNotFound(person_id)
    if on < leaver.since:
        raise MembershipDatesWrong.at("left_on")
    after = [replace(member, until=on) if member is leaver else member for member in members]
    staying = [member for member in members if member is not leaver and member.lasts_beyond(on)]
    if leaver.relation != HEAD or not staying:
        return after
    if succession is None or all(member.person_id != succession.head for member in staying):
        raise HouseholdNeedsHead.at("new_head", subject=person_id)
    own = [member for member in staying if member.person_id == succession.head]
    return under_new_head(after, own, staying, on, succession)


def under_new_head(
    members: Sequence[Member], own: Sequence[Member], staying: Sequence[Member], on: date, succession: Succession
) -> list[Member]:
    """The members with those who stay related to the new head from the day on; `own`: that one's memberships of them.

    Raises `MembershipDatesWrong`, `SuccessionIncomplete`.
    """
    _check_new_head(own, staying, on)
    after = list(members)
    for number, member in enumerate(members):
        if not member.lasts_beyond(on):
            continue
        relation = _relation_to(succession, member.person_id)
        if member.since >= on:  # it held under no other head
            after[number] = replace(member, relation=relation)
        else:
            after[number] = replace(member, until=on)
            after.append(replace(member, relation=relation, since=on))
    return after


def _check_new_head(own: Sequence[Member], staying: Sequence[Member], on: date) -> None:
    """The new head belongs to the household on the day, and from then on as long as anybody else.

    Raises `MembershipDatesWrong`.
    """
    (first, *again) = own
    ends = [member.until for member in staying]
    outlasts = first.until is None or all(end is not None and end <= first.until for end in ends)
    if again or first.since > on or not outlasts:
        wrong = FieldError("new_head.head", "not_a_member_throughout", "新户主须自该日起一直是本户成员")
        raise MembershipDatesWrong(first.person_id, errors=[wrong])


def _relation_to(succession: Succession, person_id: UUID) -> str:
    if person_id == succession.head:
        return HEAD
    relation = succession.relations.get(person_id)
    if relation is None or relation == HEAD:
        raise SuccessionIncomplete.at("new_head.relations")
    return relation


def was_member(members: Sequence[Member], person_id: UUID, on: date) -> bool:
    """Whether the person belonged to the household on the day."""
    return any(one.person_id == person_id and one.since <= on and one.lasts_beyond(on) for one in members)


def head_since(members: Sequence[Member]) -> date:
    """The first day of the present head: relations are to that person."""
    return next(member.since for member in members if member.relation == HEAD and member.until is None)


@dataclass(frozen=True, slots=True)
class FormerPlace:
    """Where a household was until a day: its village has become another one since."""

    area: str
    until: date


@dataclass(frozen=True, slots=True)
class HouseholdRecord:
    """A household with its members, in the order in which they were entered.

    `former`: where it was before changes of areas, oldest first.
    """

    id: UUID
    version: int
    kind: str
    area: str
    status: str
    established_on: date
    dissolved_on: date | None
    members: tuple[Member, ...]
    former: tuple[FormerPlace, ...] = ()

    @property
    def people(self) -> Sequence[UUID]:
        """Everybody who belongs or belonged to the household, once each."""
        return list(dict.fromkeys(member.person_id for member in self.members))

    def staying(self, leaver: UUID, on: date) -> set[UUID]:
        """Everybody else who belongs to it on some day from this one on."""
        return {one.person_id for one in self.members if one.person_id != leaver and one.lasts_beyond(on)}

    def with_members(self, members: Sequence[Member]) -> "HouseholdRecord":
        """The next version of the household; without an open membership it is dissolved when the last one ended."""
        ends = [member.until for member in members if member.until is not None]
        ended = len(ends) == len(members)
        return replace(
            self,
            version=self.version + 1,
            members=tuple(members),
            status=str(HouseholdStatus.DISSOLVED if ended else HouseholdStatus.ACTIVE),
            dissolved_on=max(ends) if ended else None,
        )


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody who joins: known by id, or new with the request. `since`: the earliest possible day if None."""

    relation: str
    person_id: UUID | None = None
    person: NewPerson | None = None
    since: date | None = None


def book_of(kind: str) -> Book:
    """The book that decides who belongs: registration for a legal household (户籍户), residence for a living one."""
    return Book.REGISTRATION if kind == HouseholdKind.LEGAL else Book.RESIDENCE


def belongs(person: PersonRecord, kind: str, area: str) -> bool:
    """Whether the person belongs to the household's village now, in the book by which the household goes."""
    if book_of(kind) is Book.REGISTRATION:
        own, until = person.registration_area, person.registration_until
    else:
        own, until = person.residence_area, person.residence_until
    return own is not None and until is None and is_counted(own) and village_of(own) == village_of(area)


def belongs_since(person: PersonRecord, kind: str, area: str) -> date | None:
    """The first day from which on the person has belonged to the household's village without a break; None: not now."""
    if not belongs(person, kind, area):
        return None
    since: date | None = None
    spans = spans_of(person.registration if book_of(kind) is Book.REGISTRATION else person.residence)
    for span in reversed(spans):
        if village_of(span.area) != village_of(area) or (since is not None and span.end != since):
            break
        since = span.start
    return since
