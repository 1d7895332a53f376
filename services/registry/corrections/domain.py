"""Rules of requests for corrections (更正申请): what policy guards, who approves in which order, refusals."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from services.registry.persons.domain import CorrectedField
from shared.clock import business_day
from shared.contracts.registry.corrections import CorrectionStatus, CorrectionStep
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode
from shared.workdays import WorkingCalendar

TRANSITIONS: dict[CorrectionStatus, frozenset[CorrectionStatus]] = {
    CorrectionStatus.REQUESTED: frozenset(
        {
            CorrectionStatus.REQUESTED,
            CorrectionStatus.CARRIED_OUT,
            CorrectionStatus.REFUSED,
            CorrectionStatus.WITHDRAWN,
            CorrectionStatus.LAPSED,
        }
    ),
    CorrectionStatus.CARRIED_OUT: frozenset(),
    CorrectionStatus.REFUSED: frozenset(),
    CorrectionStatus.WITHDRAWN: frozenset(),
    CorrectionStatus.LAPSED: frozenset(),
}
"""Requested stays requested while steps are approved of which another one follows."""

PERMISSIONS: Mapping[CorrectionStep, str] = {
    CorrectionStep.CHECK: "person.correct",
    CorrectionStep.APPROVE: "correction.approve",
    CorrectionStep.CONFIRM: "correction.confirm",
}
"""What whoever takes a step must have where the person belongs."""

IN_TWO_STEPS = "check+approve"
GUARDED: Mapping[str, str] = {
    CorrectedField.NAME: IN_TWO_STEPS,
    CorrectedField.SEX: IN_TWO_STEPS,
    CorrectedField.BIRTH_DATE: IN_TWO_STEPS,
    CorrectedField.DOCUMENT: IN_TWO_STEPS,
    CorrectedField.ETHNIC_GROUP: "approve",
}
WORK_DAYS = 10


class CorrectionReason(NamedCode):
    """Why a correction is asked for."""

    ENTRY_ERROR = "entry_error", "登记有误"
    CHANGED_BY_AUTHORITY = "changed_by_authority", "主管机关已变更"
    NEW_EVIDENCE = "new_evidence", "有新的证明材料"
    TAKEN_BACK = "taken_back", "撤销此前的更正"
    OTHER = "other", "其他"


class CorrectionRefusal(NamedCode):
    """Why a correction is not approved."""

    EVIDENCE_MISSING = "evidence_missing", "证明材料不足"
    WRONG_VALUE = "wrong_value", "更正后的内容有误"
    WRONG_PERSON = "wrong_person", "并非本人"
    OUTDATED = "outdated", "居民信息已有变化，请重新申请"
    OTHER = "other", "其他"


@dataclass(frozen=True, slots=True)
class CorrectionPolicy:
    """Policy of corrections: the steps of approval by guarded field, and the work days that they may take in all."""

    steps: Mapping[str, tuple[CorrectionStep, ...]]
    work_days: int = WORK_DAYS

    @classmethod
    def parse(cls, text: str, work_days: int = WORK_DAYS) -> Self:
        """Out of `name:check+approve,phone:approve`. Raises `ValueError` for what is no field or no step."""
        steps: dict[str, tuple[CorrectionStep, ...]] = {}
        for part in filter(None, (one.strip() for one in text.split(","))):
            name, _, ordered = part.partition(":")
            steps[str(CorrectedField(name.strip()))] = in_order(map(CorrectionStep, ordered.strip().split("+")))
        return cls(steps, work_days)

    @property
    def guarded(self) -> frozenset[str]:
        """Fields of which a correction waits for an approval."""
        return frozenset(self.steps)

    def steps_of(self, fields: Collection[str]) -> tuple[CorrectionStep, ...]:
        """The steps that a correction of these fields takes: all that one of them needs."""
        return in_order(step for name in fields for step in self.steps.get(name, ()))


def in_order(steps: Iterable[CorrectionStep]) -> tuple[CorrectionStep, ...]:
    """Steps in the order in which they follow each other, each once."""
    given = set(steps)
    return tuple(step for step in CorrectionStep if step in given)


def written(steps: Mapping[str, str]) -> str:
    """A policy as text, as settings hold it."""
    return ",".join(f"{name}:{ordered}" for name, ordered in steps.items())


DEFAULT_STEPS = written(GUARDED)
DEFAULT_POLICY = CorrectionPolicy.parse(DEFAULT_STEPS)


@dataclass(frozen=True, slots=True, repr=False)
class CorrectionRecord:
    """A request as stored: values and texts sealed. `person_version`: of the person that the asker saw.

    The repr shows nothing.
    """

    id: UUID
    version: int
    status: str
    area: str
    person_id: UUID
    person_version: int
    fields: tuple[str, ...]
    before_sealed: bytes
    after_sealed: bytes
    reason: str
    note_sealed: bytes | None
    evidence: tuple[UUID, ...]
    steps: tuple[str, ...]
    approved_by: tuple[str, ...]
    approved_at: tuple[datetime, ...]
    requested_by: str
    requested_at: datetime
    work_days: int
    due_on: date
    decided_by: str | None
    decided_at: datetime | None
    refusal: str | None
    answer_sealed: bytes | None

    @property
    def approved(self) -> int:
        return len(self.approved_by)

    @property
    def next_step(self) -> CorrectionStep | None:
        """The step that waits; None once it has ended."""
        if self.status != CorrectionStatus.REQUESTED:
            return None
        return CorrectionStep(self.steps[self.approved])

    @property
    def involved(self) -> frozenset[str]:
        """Who asked for it or approved a step: none of them takes another one."""
        return frozenset({self.requested_by, *self.approved_by})

    @property
    def requested_on(self) -> date:
        return business_day(self.requested_at)

    @property
    def decided_on(self) -> date | None:
        return None if self.decided_at is None else business_day(self.decided_at)


class CorrectionNotGuarded(DomainError):
    """Policy guards nothing of what is corrected: it needs no approval."""

    kind, code, title = ErrorKind.INVALID, "correction_not_guarded", "所更正的信息不须批准"
    advice = "请直接更正"


class CorrectionPending(DomainError):
    """A correction of the person waits for its approval."""

    kind, code, title = ErrorKind.CONFLICT, "correction_pending", "该居民已有待批准的更正申请"
    advice = "请等待批准，或先撤回原申请"


class CorrectionDecided(DomainError):
    """It was carried out, refused or withdrawn already, or has lapsed."""

    kind, code, title = ErrorKind.CONFLICT, "correction_decided", "该更正申请已办结"
    advice = "请刷新后查看办理结果；仍需更正的，请重新申请"


class CorrectionStepNotNext(DomainError):
    """The step is not the one that waits: an earlier one is missing, or it is approved already."""

    kind, code, title = ErrorKind.CONFLICT, "correction_step_not_next", "尚未轮到此步，或此步已办理"
    advice = "请刷新后按现在的步骤办理"


class CorrectionFourEyes(DomainError):
    """Every step is somebody else's: neither who asked for it nor who took an earlier step."""

    kind, code, title = ErrorKind.FORBIDDEN, "correction_four_eyes", "每一步须由不同的人员办理，申请人不能批准"
    advice = "请由另一位有权限的人员办理；不再需要的，请撤回申请"


class CorrectionOutdated(DomainError):
    """The person has changed since it was asked for: nobody approves what the asker has not seen."""

    kind, code, title = ErrorKind.CONFLICT, "correction_outdated", "申请之后该居民的信息已有变化"
    advice = "请不予批准或撤回本申请，核对现在的信息后重新申请"


DECIDING = (CorrectionDecided, CorrectionStepNotNext, CorrectionFourEyes)
"""What whoever takes a step is refused for, whichever way it is decided."""

APPROVING = (*DECIDING, CorrectionOutdated)
"""What an approval is refused for by the request itself."""


def require_transition(present: str, to: CorrectionStatus) -> None:
    """Raises `CorrectionDecided` unless the table allows it."""
    if to not in TRANSITIONS[CorrectionStatus(present)]:
        raise CorrectionDecided


def require_another(correction: CorrectionRecord, subject: str) -> None:
    """Raises `CorrectionFourEyes` for who asked for it or approved an earlier step."""
    if subject in correction.involved:
        raise CorrectionFourEyes(correction.id)


def due_on(requested_on: date, work_days: int, calendar: WorkingCalendar) -> date:
    """The last day of the limit; the day of the request is not counted."""
    return calendar.add(requested_on, work_days).day


def after(approved: Sequence[str], steps: Sequence[str]) -> CorrectionStatus:
    """Where a request stands once these have approved it."""
    return CorrectionStatus.REQUESTED if len(approved) < len(steps) else CorrectionStatus.CARRIED_OUT
