"""Rules of retention runs (保存期满清除): which entries are due, who orders that they are erased, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

MOST = 1_000
"""Entries of one run: whoever decides can look at each."""


class RunStatus(NamedCode):
    """Where a run stands. `ordered`: decided, and being carried out."""

    REQUESTED = "requested", "待决定"
    ORDERED = "ordered", "已决定，清除中"
    DONE = "done", "已办结"
    STOPPED = "stopped", "已中止"
    REFUSED = "refused", "不予清除"
    WITHDRAWN = "withdrawn", "已撤回"


TRANSITIONS: Mapping[RunStatus, frozenset[RunStatus]] = {
    RunStatus.REQUESTED: frozenset({RunStatus.ORDERED, RunStatus.REFUSED, RunStatus.WITHDRAWN}),
    RunStatus.ORDERED: frozenset({RunStatus.DONE, RunStatus.STOPPED}),
    RunStatus.DONE: frozenset(),
    RunStatus.STOPPED: frozenset(),
    RunStatus.REFUSED: frozenset(),
    RunStatus.WITHDRAWN: frozenset(),
}
"""What was erased is never taken back; what is stopped leaves the rest as it is."""


class OpenMatter(NamedCode):
    """Why an entry of which the years are over is left alone for now."""

    ERASURE = "erasure", "清除申请在办"
    CORRECTION = "correction", "更正申请在办"
    REVERSAL = "reversal", "事项撤销在办"
    RECORD = "record", "台账记录在办"


class RowOutcome(NamedCode):
    """What became of an entry of a run."""

    ERASED = "erased", "已清除"
    KEPT_BY_LAW = "kept_by_law", "依法仍须保存"
    OPEN_MATTER = "open_matter", "有在办事项，未清除"
    ERASED_BEFORE = "erased_before", "此前已清除"
    OWN_ENTRY = "own_entry", "办理人本人的登记，未清除"


@dataclass(frozen=True, slots=True)
class DueEntry:
    """An entry of which the years are over. `held_by`: what is open of it; None: nothing, it may be erased."""

    person_id: UUID
    kind: str
    area: str
    ended_on: date
    kept_until: date
    held_by: OpenMatter | None


@dataclass(frozen=True, slots=True)
class DueCount:
    """How many entries of a kind are due in a village, and how many of them are held by something open."""

    area: str
    kind: str
    years: int
    due: int
    held: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as stored. `kind`: None for every kind."""

    id: UUID
    version: int
    status: str
    area: str
    kind: str | None
    requested_by: str
    requested_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    refusal: str | None = None
    job_id: UUID | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """An entry of a run, and what became of it; None: nothing yet."""

    run_id: UUID
    person_id: UUID
    kind: str
    kept_until: date
    outcome: str | None = None
    erasure_id: UUID | None = None
    done_at: datetime | None = None


class NothingDue(DomainError):
    """Nothing of the area could be erased."""

    kind, code, title = ErrorKind.CONFLICT, "retention_nothing_due", "该区域没有保存期满可清除的登记"
    advice = "请先查看保存期满清单；有在办事项的，办结后再清除"


class RunTooLarge(DomainError):
    """More entries than one can look at."""

    kind, code, title = ErrorKind.CONFLICT, "retention_run_too_large", f"一次清除不超过 {MOST} 人"
    advice = "请按村（社区）或按起算事由分批办理"


class RunDecided(DomainError):
    """It was decided, taken back, or has ended already."""

    kind, code, title = ErrorKind.CONFLICT, "retention_run_decided", "该批清除当前状态不允许此操作"
    advice = "请刷新后查看办理情况"


class RunFourEyes(DomainError):
    """Whoever asked for it does not decide it."""

    kind, code, title = ErrorKind.FORBIDDEN, "retention_run_four_eyes", "批量清除须由申请人以外的人员决定"
    advice = "请由县级另一位有权限的人员决定"


def require_transition(present: str, to: RunStatus) -> None:
    """Raises `RunDecided` unless the table allows it."""
    if to not in TRANSITIONS[RunStatus(present)]:
        raise RunDecided
