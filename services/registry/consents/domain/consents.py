"""Rules of consents: who gives one for whom, days, one for a purpose at a time, ends that follow from life events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.registry.consents.domain.catalogue import PURPOSES
from services.registry.consents.domain.refusals import (
    ConsentByGuardian,
    ConsentDatesWrong,
    ConsentDoesNotCover,
    ConsentGuardianWrong,
    ConsentKnown,
    ConsentOfOwnWish,
    ConsentTransitionError,
)
from services.registry.persons.domain import PersonRecord
from shared.contracts.registry.consents import ConsentGiver, ConsentGroup, ConsentPurpose, ConsentStatus, ConsentWay
from shared.contracts.registry.persons import PersonStatus
from shared.errors import FieldError
from shared.reference.identity import completed_years
from shared.reference.named_code import NamedCode
from shared.reference.relations import HEAD, SPOUSES

ALONE_FROM = 14
"""Years of life from which somebody consents alone (个人信息保护法 31)."""

VALID, WITHDRAWN, ENDED, ANNULLED = (
    ConsentStatus.VALID,
    ConsentStatus.WITHDRAWN,
    ConsentStatus.ENDED,
    ConsentStatus.ANNULLED,
)
TRANSITIONS: Mapping[ConsentStatus, frozenset[ConsentStatus]] = {
    VALID: frozenset({WITHDRAWN, ANNULLED}),
    WITHDRAWN: frozenset({ANNULLED}),
    ENDED: frozenset({WITHDRAWN, ANNULLED}),
    ANNULLED: frozenset(),
}
"""Moves by a step. Who has left withdraws as well: it would hold again without the life event.

What was done last is undone besides, and life events end a consent and let it hold again.
"""


class ConsentStep(NamedCode):
    """What was done to a consent. `handed_over`, `taken_back`: with a merge of its person, and without it."""

    GIVEN = "given", "同意"
    WITHDRAWN = "withdrawn", "撤回同意"
    ANNULLED = "annulled", "作废"
    UNDONE = "undone", "撤销上一步"
    ENDED = "ended", "随人口事项终止"
    RESTORED = "restored", "随人口事项撤销恢复"
    HANDED_OVER = "handed_over", "随居民合并带入"
    TAKEN_BACK = "taken_back", "随合并撤销退回"


class ConsentReason(NamedCode):
    """Why a consent is annulled, or a step undone."""

    WRONG_PERSON = "wrong_person", "人员有误"
    WRONG_PURPOSE = "wrong_purpose", "目的或信息类别有误"
    WRONG_DAY = "wrong_day", "日期有误"
    NOT_HAPPENED = "not_happened", "并未同意或撤回"
    RECORDED_TWICE = "recorded_twice", "重复登记"
    OTHER = "other", "其他"


class Incapacity(NamedCode):
    """Why somebody does not consent alone."""

    MINOR = "minor", "不满十四周岁"
    INCAPABLE = "incapable", "无民事行为能力或者限制民事行为能力的成年人"

    @property
    def giver(self) -> ConsentGiver:
        """Who consents then."""
        minor = self is Incapacity.MINOR
        return ConsentGiver.GUARDIAN_OF_MINOR if minor else ConsentGiver.GUARDIAN_OF_INCAPABLE


class GuardianBasis(NamedCode):
    """By what the register knows somebody as the guardian."""

    BIRTH = "birth", "出生登记的父母"
    HOUSEHOLD = "household", "同户的父母"
    CONTACT = "contact", "已登记的监护人"


@dataclass(frozen=True, slots=True)
class GuardianOf:
    """Who gives it in place of the person: somebody of the register, or a guardian who is entered as a contact."""

    giver: ConsentGiver
    person_id: UUID | None = None
    contact_id: UUID | None = None
    basis: GuardianBasis | None = None


@dataclass(frozen=True, slots=True)
class ConsentFields:
    """What somebody consents to. `until`: None for what is open-ended (长期)."""

    purpose: ConsentPurpose
    groups: tuple[ConsentGroup, ...]
    until: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Paper:
    """A paper by which a consent was given or withdrawn: its day and number. The repr shows nothing."""

    on: date
    reference: str


@dataclass(frozen=True, slots=True)
class ConsentFilter:
    """What a list and its count ask for: what holds on a day, today if `on` is None."""

    purpose: ConsentPurpose | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """A consent as stored. `guardian_id`, `contact_id`: who gave it, if not the person. `ended_by`: the life event.

    `started_by`: the merge that handed it over, `handed_from`: the consent that it goes on for.
    """

    id: UUID
    version: int
    status: str
    person_id: UUID
    purpose: str
    groups: tuple[str, ...]
    giver: str
    guardian_id: UUID | None
    contact_id: UUID | None
    basis: str | None
    way: str
    given_on: date
    until: date | None
    ended_on: date | None
    ended_by: UUID | None
    started_by: UUID | None
    handed_from: UUID | None
    recorded_at: datetime

    @property
    def last(self) -> date | None:
        """The first day on which it holds no more; None: it is open-ended."""
        ends = [one for one in (self.until, self.ended_on) if one is not None]
        return min(ends, default=None)

    def holds(self, day: date) -> bool:
        """Whether something may be processed by it on the day."""
        return self.status != ANNULLED and self.given_on <= day and (self.last is None or day < self.last)


def require_transition(status: str, to: ConsentStatus, subject: object = None) -> None:
    """Raises `ConsentTransitionError` unless a move from `status` to `to` is in the table."""
    if to not in TRANSITIONS[ConsentStatus(status)]:
        raise ConsentTransitionError(subject)


def require_not_own_wish(way: str, done_by: str | None, subject: str) -> None:
    """Raises `ConsentOfOwnWish` for what the person did by the own login, or at the counter of somebody else."""
    if way == ConsentWay.OWN or (way == ConsentWay.COUNTER and done_by != subject):
        raise ConsentOfOwnWish


def check_covered(fields: ConsentFields) -> None:
    """Check that the purpose needs each group. Raises `ConsentDoesNotCover`."""
    covers = PURPOSES[fields.purpose].groups
    if wrong := [f"groups.{number}" for number, one in enumerate(fields.groups) if one not in covers]:
        raise ConsentDoesNotCover.at(*wrong)


def check_days(given_on: date, until: date | None, *, birth_date: date, today: date) -> None:
    """Check birth ≤ given_on ≤ today, given_on < until. Raises `ConsentDatesWrong` naming the field."""
    if not birth_date <= given_on <= today:
        raise ConsentDatesWrong.at("given_on")
    if until is not None and until <= given_on:
        raise ConsentDatesWrong.at("until")


def check_giver(giver: ConsentGiver, birth_date: date, given_on: date) -> None:
    """Check that somebody of this age consents alone, or not. Raises `ConsentByGuardian`, `ConsentGuardianWrong`."""
    minor = completed_years(birth_date, given_on) < ALONE_FROM
    if minor and giver is ConsentGiver.PERSON:
        raise ConsentByGuardian
    if giver is not ConsentGiver.PERSON and minor is not (giver is ConsentGiver.GUARDIAN_OF_MINOR):
        raise ConsentGuardianWrong.at("guardian")


def check_only(new: ConsentRecord, others: Iterable[ConsentRecord]) -> None:
    """Check that no other consent to the purpose holds on one of its days. Raises `ConsentKnown`.

    Else one that was withdrawn would leave another in force.
    """
    alike = [one for one in others if one.id != new.id and one.purpose == new.purpose and one.status != ANNULLED]
    if found := [one for one in alike if _meet(one, new)]:
        title = ConsentKnown.title
        raise ConsentKnown(new.id, errors=[FieldError(f"consents.{one.id}", ConsentKnown.code, title) for one in found])


def withdrawn_since(one: ConsentRecord, others: Iterable[ConsentRecord]) -> bool:
    """Whether one of the others, to the same purpose, was withdrawn on the day on which it was given, or later.

    What was given and withdrawn on one day has held on none: `check_only` does not see it.
    """
    mine = (two for two in others if two.purpose == one.purpose and two.status == WITHDRAWN)
    return any(two.ended_on is not None and two.ended_on >= one.given_on for two in mine)


def may_be_withdrawn_by(speaks: ConsentGiver, gave: str) -> bool:
    """Whether who speaks at a counter withdraws what was so given: a parent nothing that somebody gave alone."""
    return speaks is not ConsentGiver.GUARDIAN_OF_MINOR or gave != ConsentGiver.PERSON


def withdrawn_on(one: ConsentRecord, day: date) -> date:
    """The first day on which it holds no more, if it is withdrawn on a day. Raises `ConsentTransitionError`.

    What has ended with a life event stays over from that day on, and does not hold again.
    """
    require_transition(one.status, WITHDRAWN, one.id)
    if one.status == ENDED and one.ended_on is not None:
        return min(day, one.ended_on)
    if not one.holds(day):
        raise ConsentTransitionError(one.id)
    return day


def _meet(one: ConsentRecord, other: ConsentRecord) -> bool:
    begins = max(one.given_on, other.given_on)
    return all(last is None or begins < last for last in (one.last, other.last))


_CHILDREN = frozenset(str(code) for code in (*range(20, 28), *range(29, 38), 39))
"""Without 女婿 and 儿媳."""
_PARENTS = frozenset({"50", "51", "52", "57", "58"})
_SIBLINGS = frozenset({"70", "71", "73", "75", "77"})


def is_parent_by_household(guardian: str, ward: str) -> bool:
    """Whether, by their relations to one head (GB/T 4761), the one is a parent of the other, a step-parent too.

    A child of the head may be the uncle of the head's grandchild: only the birth says whose child that is.
    """
    of_head = guardian == HEAD or guardian in SPOUSES
    return (of_head and ward in _CHILDREN) or (guardian in _PARENTS and (ward == HEAD or ward in _SIBLINGS))


def last_day(one: ConsentRecord, person: PersonRecord, *, returned: bool, today: date) -> date | None:
    """The end of a consent after life events of its person: with death, departure or merge; at once if annulled.

    `returned`: it had ended with a life event that was taken back. None: it goes on, to the end agreed on if any.
    """
    if one.ended_on is not None and not returned:
        return one.ended_on
    left = _left_on(one, person, today)
    if left is None or (one.until is not None and one.until <= left):
        return None
    return max(left, one.given_on)


def _left_on(one: ConsentRecord, person: PersonRecord, today: date) -> date | None:
    match person.status:
        case PersonStatus.ANNULLED:
            return one.given_on
        case PersonStatus.MERGED:
            return today
        case PersonStatus.DECEASED:
            return person.died_on
        case PersonStatus.MOVED_OUT:
            left = [each for each in (person.residence_until, person.registration_until) if each is not None]
            return max(left, default=today)
        case _:
            return None


def handed(one: ConsentRecord, *, id: UUID, survivor: UUID, event_id: UUID) -> ConsentRecord:
    """The consent as it goes on at the survivor of a merge: given when it was given."""
    return replace(
        one,
        id=id,
        version=1,
        status=str(VALID),
        person_id=survivor,
        ended_on=None,
        ended_by=None,
        started_by=event_id,
        handed_from=one.id,
    )
