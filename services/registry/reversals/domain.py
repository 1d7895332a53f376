"""Rules of reversals (撤销): which need a second person, how they move, and what they are refused for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.registry.households.domain import HouseholdRecord
from services.registry.life_events.domain import (
    EventBeforeBirth,
    EventInFuture,
    LifeEvent,
    LifeEventKind,
    PersonErased,
    ReversalStatus,
)
from shared.errors import DomainError, ErrorKind, FieldError

TRANSITIONS: dict[ReversalStatus, frozenset[ReversalStatus]] = {
    ReversalStatus.REQUESTED: frozenset({ReversalStatus.DONE, ReversalStatus.REFUSED, ReversalStatus.WITHDRAWN}),
    ReversalStatus.DONE: frozenset(),
    ReversalStatus.REFUSED: frozenset(),
    ReversalStatus.WITHDRAWN: frozenset(),
}

APPROVED_BY_ANOTHER = frozenset({LifeEventKind.BIRTH, LifeEventKind.ENROLLED, LifeEventKind.DEATH})
"""Kinds whose reversal a second person approves: it brings somebody back to life, or out of the register."""


def needs_approval(event: LifeEvent, corrected_on: date | None) -> bool:
    """Whether a second person approves it. A day that is corrected takes nobody out and brings nobody back."""
    return corrected_on is None and event.kind in APPROVED_BY_ANOTHER


@dataclass(frozen=True, slots=True, repr=False)
class ReversalRecord:
    """A reversal as stored, with kind and day of its event. `note`, `answer`: the texts, where they are shown.

    The repr shows nothing.
    """

    id: UUID
    version: int
    person_id: UUID
    event_id: UUID
    status: str
    reason: str
    note_sealed: bytes | None
    corrected_on: date | None
    replaced_by: UUID | None
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    answer_sealed: bytes | None
    kind: str
    occurred_on: date
    note: str | None = None
    answer: str | None = None


class EventReversed(DomainError):
    """The life event was taken back already, or stands with another day under another id."""

    kind, code, title = ErrorKind.CONFLICT, "event_reversed", "该事项已撤销或已更正日期"
    advice = "请刷新该人员的事项记录，按现行事项办理"


class ReversalPending(DomainError):
    """A reversal of the life event waits for a second person."""

    kind, code, title = ErrorKind.CONFLICT, "reversal_pending", "该事项的撤销申请正待批准"
    advice = "请等待批准，或先撤回原申请"


class EventRestedOn(DomainError):
    """Later life events, or a household that the person is in, rest on the event; `errors` names each of them."""

    kind, code, title = ErrorKind.CONFLICT, "event_rested_on", "之后的登记以该事项为依据"
    advice = "请先撤销所列事项或将该人员移出所列住户，再撤销本事项"


class EventOfAreaChange(DomainError):
    """The life event follows from a change of areas, and is undone with it."""

    kind, code, title = ErrorKind.CONFLICT, "event_of_area_change", "该事项随区划调整产生，不能单独撤销"
    advice = "调整有误的，请撤销该次区划调整"


class SameDay(DomainError):
    """The event has this day already."""

    kind, code, title = ErrorKind.INVALID, "same_day", "更正后的日期与原日期相同"
    advice = "请核对要更正的日期"


class ReversalDecided(DomainError):
    """It was approved, refused or withdrawn already."""

    kind, code, title = ErrorKind.CONFLICT, "reversal_decided", "该撤销申请已办结"
    advice = "请刷新后查看办理结果；仍需撤销的，请重新申请"


class ReversalFourEyes(DomainError):
    """Whoever asks for a reversal does not decide on it."""

    kind, code, title = ErrorKind.FORBIDDEN, "reversal_four_eyes", "撤销须由申请人以外的人员批准"
    advice = "请由另一位有批准权限的人员办理；不再需要的，请撤回申请"


class MergeTakenBackAsDuplicate(DomainError):
    """A merge is taken back where it was decided, with all that hung on both persons."""

    kind, code, title = ErrorKind.CONFLICT, "merge_taken_back_as_duplicate", "合并不能作为人口事项撤销"
    advice = "请在疑似重复中找到该项，办理恢复"


class SurvivorOfMerge(DomainError):
    """Another person was merged into this one: without its entry nobody would be left of both."""

    kind, code, title = ErrorKind.CONFLICT, "survivor_of_merge", "另一份登记已合并至该人员，不能撤销其登记"
    advice = "请先在疑似重复中恢复被合并的登记，再撤销本登记"


REVERSING = (EventReversed, ReversalPending, EventRestedOn, SurvivorOfMerge, PersonErased)
"""What a reversal is refused for, whoever asks for it."""


def require_transition(present: str, to: ReversalStatus) -> None:
    """Raises `ReversalDecided` unless the table allows it."""
    if to not in TRANSITIONS[ReversalStatus(present)]:
        raise ReversalDecided


def check_corrected(event: LifeEvent, on: date, *, birth_date: date) -> None:
    """Corrected day of an event: another one, born ≤ on ≤ reported. Of a birth it is the day of birth itself.

    Raises `SameDay`, `EventInFuture`, `EventBeforeBirth`.
    """
    if on == event.occurred_on:
        raise SameDay.at("corrected_on")
    if on > event.reported_on:
        raise EventInFuture.at("corrected_on")
    if on < birth_date and event.kind is not LifeEventKind.BIRTH:
        raise EventBeforeBirth.at("corrected_on")


def require_nothing_rests(
    event_id: UUID, events: Sequence[LifeEvent], person_id: UUID, households: Sequence[HouseholdRecord]
) -> None:
    """Raises `EventRestedOn` with what rests on a life event: id, kind and day of each."""
    errors = [
        FieldError(f"life_events.{one.id}", str(one.kind), f"{one.occurred_on}{one.kind.label}") for one in events
    ]
    for household in households:
        since = max(one.since for one in household.members if one.person_id == person_id)
        errors.append(FieldError(f"households.{household.id}", "household_membership", f"{since}起为该户成员"))
    if errors:
        raise EventRestedOn(event_id, errors=errors)
