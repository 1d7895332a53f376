"""Rules of erasing in cases (办件个人信息清除): whose years are over, who orders it, what is in the way, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.services_hall.retentions.domain import FEWEST_OF, CaseRetentionKind
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode
from shared.retentions.rules import RetentionRule

MOST = 1_000
"""Entries of one run: whoever decides can look at each."""
BUCKET = "person_number"
"""The rate limit of every question whether somebody of a number is known, as registry's are limited."""
Rules = Mapping[CaseRetentionKind, RetentionRule]
BEFORE_TERM = frozenset(CaseRetentionKind) - set(FEWEST_OF)
"""Kinds that somebody's own wish erases before the years are over: no mark of an archive stands against it."""


class CaseErasureStatus(NamedCode):
    """Where a run stands."""

    REQUESTED = "requested", "待决定"
    DONE = "done", "已清除"
    REFUSED = "refused", "不予清除"
    WITHDRAWN = "withdrawn", "已撤回"


TRANSITIONS: Mapping[CaseErasureStatus, frozenset[CaseErasureStatus]] = {
    CaseErasureStatus.REQUESTED: frozenset(CaseErasureStatus) - {CaseErasureStatus.REQUESTED},
    CaseErasureStatus.DONE: frozenset(),
    CaseErasureStatus.REFUSED: frozenset(),
    CaseErasureStatus.WITHDRAWN: frozenset(),
}
"""What was erased is never taken back."""


class CaseErasureGround(NamedCode):
    """Why something is erased."""

    TERM_OVER = "term_over", "保存期满"
    OWN_WISH = "own_wish", "本人请求"


class CaseErasureRefusal(NamedCode):
    """Why nothing is erased."""

    KEPT_BY_LAW = "kept_by_law", "依法须继续保存"
    DISPUTE = "dispute", "复议、诉讼或信访尚未终结"
    NOT_PROVEN = "not_proven", "未能证明是本人"
    STILL_NEEDED = "still_needed", "关联办件仍需使用"


class CaseHold(NamedCode):
    """What is open of a case: nothing of it is erased for now."""

    MATTER = "matter", "所属一件事尚未统一答复"
    EFFECT = "effect", "底册登记尚未答复"
    REMEDY = "remedy", "行政诉讼期限未满"


class CaseErasureOutcome(NamedCode):
    """What became of an entry of a run."""

    ERASED = "erased", "已清除"
    KEPT_BY_LAW = "kept_by_law", "依法仍须保存"
    HELD = "held", "有未了事项，未清除"
    ERASED_BEFORE = "erased_before", "此前已清除"


@dataclass(frozen=True, slots=True)
class DueEntry:
    """Somebody in a case of whom something sealed may be erased. `holder`: the case of an applicant, else the party."""

    holder: UUID
    case_id: UUID
    area: str
    kind: str
    ended_on: date
    kept_until: date
    held_by: CaseHold | None


@dataclass(frozen=True, slots=True)
class DueCount:
    """How many entries of a kind are due, and how many of them are held by something open."""

    kind: str
    years: int
    due: int
    held: int


@dataclass(frozen=True, slots=True)
class CaseErasureRecord:
    """A run as stored. `kind`: None for every kind."""

    id: UUID
    version: int
    status: str
    ground: str
    area: str
    kind: str | None
    requested_by: str
    requested_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class CaseErasureRow:
    """An entry of a run, and what became of it; None: nothing yet."""

    erasure_id: UUID
    holder: UUID
    case_id: UUID
    kind: str
    kept_until: date
    outcome: str | None = None


class NothingToErase(DomainError):
    """Nothing of the area could be erased."""

    kind, code, title = ErrorKind.CONFLICT, "case_erasure_nothing_due", "该区域没有可清除的办件个人信息"
    advice = "请先查看保存期满清单；有未了事项的，了结后再清除"


class CaseErasureTooLarge(DomainError):
    """More entries than one can look at."""

    kind, code, title = ErrorKind.CONFLICT, "case_erasure_too_large", f"一次清除不超过 {MOST} 人次"
    advice = "请按村（社区）或按起算事由分批办理"


class CaseErasureDecided(DomainError):
    """It was decided or taken back already."""

    kind, code, title = ErrorKind.CONFLICT, "case_erasure_decided", "该批清除已决定或已撤回"
    advice = "请刷新后查看办理情况"


class CaseErasureFourEyes(DomainError):
    """Whoever asked for it does not decide it."""

    kind, code, title = ErrorKind.FORBIDDEN, "case_erasure_four_eyes", "清除须由申请人以外的人员决定"
    advice = "请由县级另一位有权限的人员决定"


class CaseErasureUnclear(DomainError):
    """A number names somebody whose wish it is; a kind names a term. Not both."""

    kind, code, title = ErrorKind.INVALID, "case_erasure_unclear", "按证件清除的，不填写起算事由"
    advice = "按本人请求清除请只填写证件；按保存期满清除请只填写起算事由"


def require_transition(present: str, to: CaseErasureStatus) -> None:
    """Raises `CaseErasureDecided` unless the table allows it."""
    if to not in TRANSITIONS[CaseErasureStatus(present)]:
        raise CaseErasureDecided
