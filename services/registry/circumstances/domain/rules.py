"""Rules of circumstances (居民情况): days, details, one of a kind on a day, ends that follow from life events, undo."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.registry.circumstances.domain.kinds import KINDS, CircumstanceGroup, Kind
from services.registry.persons.domain import PersonRecord
from services.registry.tags.domain import unfit
from shared.contracts.registry.circumstances import CircumstanceStatus
from shared.contracts.registry.persons import PersonStatus
from shared.errors import DomainError, ErrorKind, FieldError
from shared.reference.named_code import NamedCode

VALID, ENDED, WITHDRAWN = CircumstanceStatus.VALID, CircumstanceStatus.ENDED, CircumstanceStatus.WITHDRAWN
TRANSITIONS: dict[CircumstanceStatus, frozenset[CircumstanceStatus]] = {
    VALID: frozenset({ENDED, WITHDRAWN}),
    ENDED: frozenset({VALID, WITHDRAWN}),
    WITHDRAWN: frozenset({VALID, ENDED}),
}

AHEAD = timedelta(days=92)
"""How long before it begins something with a term may be entered: a permit is renewed before the old one ends."""


class CircumstanceStep(NamedCode):
    """What was done to an entry."""

    RECORD = "record", "登记"
    END = "end", "结束"
    WITHDRAW = "withdraw", "撤回"
    RESTORE = "restore", "恢复"
    VERIFY = "verify", "核实"
    UNVERIFY = "unverify", "撤销核实"


class UnknownCircumstance(DomainError):
    """The kind is not in the catalogue, or not one that the caller may enter."""

    kind, code, title = ErrorKind.INVALID, "unknown_circumstance", "居民情况类别不存在"
    advice = "请从居民情况目录中选择"


class CircumstanceTransitionError(DomainError):
    """It is not where this step begins, or somebody else moved it first."""

    kind, code, title = ErrorKind.CONFLICT, "circumstance_transition_not_allowed", "居民情况当前状态不允许此操作"
    advice = "请刷新查看现在的状态和可做的操作"


class CircumstanceDatesWrong(DomainError):
    """Not before birth, not verified in the future, no end before the beginning, nothing to come without a term."""

    kind, code, title = ErrorKind.INVALID, "circumstance_dates_wrong", "居民情况的日期不正确"
    advice = "请核对日期：起日不早于出生，止日不早于起日；只有有期限的类别可在三个月内预先登记、填写今后的止日"


class CircumstanceDetailsWrong(DomainError):
    """A detail that the kind does not have, that is missing, or whose code is not in its list."""

    kind, code, title = ErrorKind.INVALID, "circumstance_details_wrong", "居民情况的内容不符合目录"
    advice = "请按目录逐项选择"


class CircumstanceDoesNotFit(DomainError):
    """Age, sex or residence of the person rule it out; `errors` says which, and by what source."""

    kind, code, title = ErrorKind.INVALID, "circumstance_does_not_fit", "该人员的年龄、性别或居住情况不符合此类别的条件"
    advice = "请核对人员信息、类别和开始日期"


class CircumstanceOverlaps(DomainError):
    """Another entry of the kind holds on one of the days; `errors` names it."""

    kind, code, title = ErrorKind.CONFLICT, "circumstance_overlaps", "该人员在这段时间已有同类情况"
    advice = "请先结束或撤回所列的情况，或核对起止日期"


class NothingVerified(DomainError):
    """There is no verification that could be taken back: what was said at the entry is withdrawn with it."""

    kind, code, title = ErrorKind.CONFLICT, "circumstance_not_verified", "没有可撤销的核实"
    advice = "登记时的核实随登记一并撤回"


@dataclass(frozen=True, slots=True)
class NewCircumstance:
    """What is entered. `until`: None for what is open-ended (长期)."""

    kind: str
    began_on: date
    until: date | None
    details: Mapping[str, str]
    source: str | None
    verified_on: date | None


@dataclass(frozen=True, slots=True)
class CircumstanceFilter:
    """What a list and its count ask for: what holds on a day, today if `on` is None.

    `ends_by`: and ends on a day or before it, with nothing that goes on. `due`: and is due to be verified again today.
    """

    kind: str | None = None
    group: CircumstanceGroup | None = None
    on: date | None = None
    ends_by: date | None = None
    due: bool = False


@dataclass(frozen=True, slots=True)
class CircumstanceRecord:
    """An entry as stored. `agreed_until`: an end that was known at the beginning, of kinds that have a term.

    `ended_by`: the life event that ended it. `started_by`: the merge that handed it over. `steps`: its history.
    """

    id: UUID
    version: int
    person_id: UUID
    kind: str
    status: str
    details: dict[str, Any]
    began_on: date
    agreed_until: date | None
    ended_on: date | None
    ended_by: UUID | None
    started_by: UUID | None
    verified_on: date
    source: str | None
    steps: list[Any]
    recorded_at: datetime

    @property
    def until(self) -> date | None:
        """The first day on which it holds no more; None: it is open-ended."""
        return self.ended_on or self.agreed_until

    def holds(self, day: date) -> bool:
        """Whether it holds on the day."""
        return self.status != WITHDRAWN and self.began_on <= day and (self.until is None or day < self.until)


def kind_of(code: str) -> Kind:
    """The kind. Raises `UnknownCircumstance`."""
    kind = KINDS.get(code)
    if kind is None:
        raise UnknownCircumstance.at("kind")
    return kind


def require_transition(status: str, to: CircumstanceStatus, subject: object = None) -> None:
    """Raises `CircumstanceTransitionError` unless a move from `status` to `to` is in the table."""
    if to not in TRANSITIONS[CircumstanceStatus(status)]:
        raise CircumstanceTransitionError(subject)


def check_details(kind: Kind, details: Mapping[str, str]) -> None:
    """Check that each detail is one of the kind, and none is missing. Raises `CircumstanceDetailsWrong`."""
    fields = {field.code: field for field in kind.details}
    wrong = [f"details.{code}" for code, field in fields.items() if not _fits(field.choices, details.get(code))]
    if details.keys() - fields.keys():
        wrong.append("details")
    if wrong:
        raise CircumstanceDetailsWrong.at(*wrong)


def _fits(choices: Mapping[str, str], value: str | None) -> bool:
    return value is not None and value in choices


def check_days(kind: Kind, began_on: date, until: date | None, *, birth_date: date, today: date) -> None:
    """Check birth ≤ began_on ≤ today, began_on ≤ until ≤ today; what has a term may begin soon, and end later.

    Raises `CircumstanceDatesWrong` naming the field.
    """
    if not birth_date <= began_on <= (today + AHEAD if kind.term else today):
        raise CircumstanceDatesWrong.at("began_on")
    if until is not None and (until < began_on or (until > today and not kind.term)):
        raise CircumstanceDatesWrong.at("until")


def check_verified(verified_on: date, *, birth_date: date, today: date) -> None:
    """Check that somebody looked between birth and today. Raises `CircumstanceDatesWrong`."""
    if not birth_date <= verified_on <= today:
        raise CircumstanceDatesWrong.at("verified_on")


def check_end(entry: CircumstanceRecord, ended_on: date, *, today: date) -> None:
    """Check began_on ≤ ended_on ≤ today, and that it would have held on. Raises `CircumstanceDatesWrong`."""
    if not entry.began_on <= ended_on <= today or (entry.agreed_until is not None and entry.agreed_until <= ended_on):
        raise CircumstanceDatesWrong.at("ended_on")


def check_fit(kind: Kind, person: PersonRecord, began_on: date, *, today: date) -> None:
    """Check age, sex and residence. Raises `CircumstanceDoesNotFit`."""
    if errors := unfit(kind.condition, person, began_on, today=today, path="kind"):
        raise CircumstanceDoesNotFit(person.id, errors=errors)


def check_alone(entry: CircumstanceRecord, others: Iterable[CircumstanceRecord]) -> None:
    """Check that no other of the kind holds on one of its days, if the kind says so. Raises `CircumstanceOverlaps`."""
    if KINDS[entry.kind].several:
        return
    alike = [one for one in others if one.id != entry.id and one.kind == entry.kind and one.status != WITHDRAWN]
    if found := [one for one in alike if _meet(one, entry)]:
        title = CircumstanceOverlaps.title
        errors = [FieldError(f"circumstances.{one.id}", CircumstanceOverlaps.code, title) for one in found]
        raise CircumstanceOverlaps(entry.id, errors=errors)


def _meet(one: CircumstanceRecord, other: CircumstanceRecord) -> bool:
    begins = max(one.began_on, other.began_on)
    return all(until is None or begins < until for until in (one.until, other.until))


def last_day(entry: CircumstanceRecord, person: PersonRecord, *, returned: bool, today: date) -> date | None:
    """The end of an entry after life events of its person: with death, departure or merge; at once if annulled.

    `returned`: it had ended with a life event that was taken back. None: it goes on, to the end agreed on if any.
    """
    if entry.ended_on is not None and not returned:
        return entry.ended_on
    left = left_on(person, entry, today=today)
    if left is None or (entry.agreed_until is not None and entry.agreed_until <= left):
        return None
    return max(left, entry.began_on)


def left_on(person: PersonRecord, entry: CircumstanceRecord, *, today: date) -> date | None:
    """The day on which the person was no more in the register; None: still is."""
    match person.status:
        case PersonStatus.ANNULLED:
            return entry.began_on
        case PersonStatus.MERGED:
            return today
        case PersonStatus.DECEASED:
            return person.died_on
        case PersonStatus.MOVED_OUT:
            return max((one for one in (person.residence_until, person.registration_until) if one), default=today)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Verification:
    """When somebody looked whether it is so, and by what."""

    on: date
    source: str | None


def verifications(steps: Sequence[Mapping[str, Any]]) -> Sequence[Verification]:
    """Those that stand, the oldest (which is that of the entry) first."""
    found: list[Verification] = []
    for one in steps:
        if one["step"] == CircumstanceStep.UNVERIFY:
            found.pop()
        elif one.get("verified_on"):
            found.append(Verification(date.fromisoformat(one["verified_on"]), one.get("source")))
    return found


def without_last(steps: Sequence[Mapping[str, Any]]) -> Verification:
    """The verification that stands once the last is taken back. Raises `NothingVerified`."""
    found = verifications(steps)
    if len(found) < 2:
        raise NothingVerified
    return found[-2]


def handed(entry: CircumstanceRecord, *, id: UUID, survivor: UUID, event_id: UUID, day: date) -> CircumstanceRecord:
    """The entry as it goes on at the survivor of a merge, from that day; what begins later, from its own."""
    return replace(
        entry,
        id=id,
        version=1,
        person_id=survivor,
        status=VALID,
        began_on=max(day, entry.began_on),
        ended_on=None,
        ended_by=None,
        started_by=event_id,
    )
