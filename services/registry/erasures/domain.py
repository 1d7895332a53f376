"""Rules of erasures (清除): who may be erased and when, what the law keeps, who decides, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.registry.life_events.domain import PersonErased, PersonMerged
from services.registry.persons.domain import PersonRecord
from services.registry.retentions.domain import RetentionKind
from shared.clock import business_day
from shared.contracts.registry.erasures import ErasureState, ErasureStatus
from shared.contracts.registry.persons import PersonStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode
from shared.retentions.rules import RetentionRule, later

TRANSITIONS: dict[ErasureStatus, frozenset[ErasureStatus]] = {
    ErasureStatus.REQUESTED: frozenset({ErasureStatus.ORDERED, ErasureStatus.REFUSED, ErasureStatus.WITHDRAWN}),
    ErasureStatus.ORDERED: frozenset({ErasureStatus.DONE}),
    ErasureStatus.DONE: frozenset(),
    ErasureStatus.REFUSED: frozenset(),
    ErasureStatus.WITHDRAWN: frozenset(),
}
"""What is ordered is never taken back: nothing is left that could be."""

HERE = "registry"
SERVICES = (HERE, *ErasureState.channel.readers)
"""Every service that answers: the register itself, and whoever reads erasures."""

Rules = Mapping[RetentionKind, RetentionRule]
"""How many years an entry is kept after its end, by how it ended, on a day (`retentions`). Of any other status it is
kept for as long as that lasts."""


class ErasureGround(NamedCode):
    """Why values are to be erased (个人信息保护法 47)."""

    PURPOSE_FULFILLED = "purpose_fulfilled", "处理目的已实现或无法实现"
    TERM_OVER = "term_over", "保存期限已届满"
    CONSENT_WITHDRAWN = "consent_withdrawn", "本人撤回同意"
    UNLAWFUL = "unlawful", "违反法律法规或约定处理"
    ENTERED_WRONGLY = "entered_wrongly", "误登记"
    OTHER = "other", "其他"


class ErasureRefusal(NamedCode):
    """Why values are kept."""

    KEPT_BY_LAW = "kept_by_law", "法律、行政法规规定须保存"
    STILL_NEEDED = "still_needed", "尚有未办结的事项"
    GROUND_MISSING = "ground_missing", "不符合所称的理由"
    WRONG_PERSON = "wrong_person", "并非本人"
    OTHER = "other", "其他"


class ErasureOrigin(NamedCode):
    """Who asked: the person by the own login, the person at a counter, or an officer."""

    OWN = "own", "本人账号"
    COUNTER = "counter", "本人到窗口"
    OFFICER = "officer", "工作人员"
    RESTORE = "restore", "恢复备份后补做"
    RETENTION = "retention", "保存期满批量清除"


@dataclass(frozen=True, slots=True)
class ErasureRecord:
    """An erasure as stored. `persons`: ids under which the person stood in the register, once it is decided."""

    id: UUID
    version: int
    status: str
    person_id: UUID
    persons: tuple[UUID, ...]
    ground: str
    origin: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """How far a service is. `done_at`: None while it has not answered, or keeps something for now."""

    erasure_id: UUID
    service: str
    asked_at: datetime
    done_at: datetime | None
    counts: Mapping[str, int]


class ErasureKeptByLaw(DomainError):
    """Somebody who belongs to the register, or is missing: the law keeps the entry."""

    kind, code, title = ErrorKind.CONFLICT, "erasure_kept_by_law", "该居民在册，其登记信息依法须保存，不予清除"
    advice = "信息有误的，请申请更正；已迁出或死亡的，请先办理迁出或死亡登记"


class ErasureTooEarly(DomainError):
    """The entry has ended, and the time for which it is kept has not. The detail says until which day."""

    kind, code, title = ErrorKind.CONFLICT, "erasure_too_early", "保存期限未满，暂不能清除"
    advice = "请在保存期限届满后再申请"


class ErasurePending(DomainError):
    """An erasure of the person waits, or is being carried out."""

    kind, code, title = ErrorKind.CONFLICT, "erasure_pending", "该居民已有清除申请在办"
    advice = "请等待办理结果，或先撤回原申请"


class ErasureDecided(DomainError):
    """It was decided or taken back already."""

    kind, code, title = ErrorKind.CONFLICT, "erasure_decided", "该清除申请已有结果"
    advice = "请刷新后查看办理结果；仍需清除的，请重新申请"


class ErasureFourEyes(DomainError):
    """Whoever asked for it does not decide it, nor does the person whom it concerns."""

    kind, code, title = ErrorKind.FORBIDDEN, "erasure_four_eyes", "清除须由另一人决定，申请人和本人都不能决定"
    advice = "请由县级另一位有权限的人员决定；不再需要的，请撤回申请"


class ErasureOfOwnWish(DomainError):
    """The person asked for it, by the own login or at a counter: no officer takes it back instead."""

    kind, code, title = ErrorKind.FORBIDDEN, "erasure_of_own_wish", "该清除申请由本人提出，工作人员不能代为撤回"
    advice = "本人可用自己的账号撤回，或到受理的窗口撤回；不应清除的，请由县级人员决定不予清除并注明原因"


LAW = (ErasureKeptByLaw, ErasureTooEarly, PersonErased, PersonMerged)
"""What an erasure is refused for by whom it is of."""

ASKING = (*LAW, ErasurePending)
"""What a request is refused for."""

DECIDING = (ErasureDecided, ErasureFourEyes)
"""What whoever decides is refused for."""


def require_transition(present: str, to: ErasureStatus) -> None:
    """Raises `ErasureDecided` unless the table allows it."""
    if to not in TRANSITIONS[ErasureStatus(present)]:
        raise ErasureDecided


def require_not_own_wish(origin: str, requested_by: str, subject: str) -> None:
    """Raises `ErasureOfOwnWish` for an officer, but for whoever took at a counter what the person asked for there."""
    if origin == ErasureOrigin.OWN or (origin == ErasureOrigin.COUNTER and requested_by != subject):
        raise ErasureOfOwnWish


def may_be_erased(person: PersonRecord) -> bool:
    """Whether the entry has ended, whatever the time for which it is kept."""
    return person.status in set(RetentionKind) or person.status == PersonStatus.MERGED


def require_lawful(person: PersonRecord, changed_at: datetime, rules: Rules, today: date) -> None:
    """Raises what of `LAW` keeps the person. `changed_at`: when the entry was changed last."""
    if person.erased_at is not None:
        raise PersonErased(person.id)
    if person.merged_into is not None:
        raise PersonMerged(person.id)
    if not may_be_erased(person):
        raise ErasureKeptByLaw(person.id)
    until = kept_until(person, changed_at, rules)
    if today < until:
        raise ErasureTooEarly(person.id, detail=f"该登记须保存至{until:%Y-%m-%d}")


def kept_until(person: PersonRecord, changed_at: datetime, rules: Rules) -> date:
    """The first day on which the entry may be erased: so many years after its end."""
    left = [one for one in (person.residence_until, person.registration_until) if one is not None]
    ended = person.died_on or (max(left) if left and person.status == PersonStatus.MOVED_OUT else None)
    return later(ended or business_day(changed_at), rules[RetentionKind(person.status)].years)
