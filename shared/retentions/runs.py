"""Erasing runs (清除批次): what two people decide about entries whose years are over, and what becomes of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

MOST_ENTRIES = 1_000
"""Entries of one run: whoever decides can look at each."""


class RunStatus(NamedCode):
    """Where a run stands."""

    REQUESTED = "requested", "待决定"
    DONE = "done", "已清除"
    REFUSED = "refused", "不予清除"
    WITHDRAWN = "withdrawn", "已撤回"


TRANSITIONS: Mapping[RunStatus, frozenset[RunStatus]] = {
    RunStatus.REQUESTED: frozenset(RunStatus) - {RunStatus.REQUESTED},
    RunStatus.DONE: frozenset(),
    RunStatus.REFUSED: frozenset(),
    RunStatus.WITHDRAWN: frozenset(),
}
"""What was erased is never taken back."""


class RunGround(NamedCode):
    """Why something is erased."""

    TERM_OVER = "term_over", "保存期满"
    OWN_WISH = "own_wish", "本人请求"


class RunRefusal(NamedCode):
    """Why nothing is erased."""

    KEPT_BY_LAW = "kept_by_law", "依法须继续保存"
    DISPUTE = "dispute", "复议、诉讼或信访尚未终结"
    NOT_PROVEN = "not_proven", "未能证明是本人"
    STILL_NEEDED = "still_needed", "办理中仍需使用"


class RunOutcome(NamedCode):
    """What became of an entry of a run."""

    ERASED = "erased", "已清除"
    KEPT_BY_LAW = "kept_by_law", "依法仍须保存"
    HELD = "held", "有未了事项，未清除"
    ERASED_BEFORE = "erased_before", "此前已清除"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that holds personal data and has ended. `held_by`: what is open of it; None: nothing."""

    holder: UUID
    area: str
    kind: str
    ended_on: date
    kept_until: date
    held_by: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries of a kind are due, and how many of them are held by something open."""

    kind: str
    years: int
    due: int
    held: int


@dataclass(frozen=True, slots=True)
class Run:
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
class RunEntry:
    """An entry of a run, and what became of it; None: nothing yet."""

    run_id: UUID
    holder: UUID
    kind: str
    kept_until: date
    outcome: str | None = None


class NothingDue(DomainError):
    """Nothing of the area could be erased."""

    kind, code, title = ErrorKind.CONFLICT, "erasure_run_nothing_due", "没有可清除的个人信息"
    advice = "请先查看保存期满清单；尚未办结或有未了事项的，了结后再清除"


class RunTooLarge(DomainError):
    """More entries than one can look at."""

    kind, code, title = ErrorKind.CONFLICT, "erasure_run_too_large", f"一次清除不超过 {MOST_ENTRIES} 项"
    advice = "请按村（社区）或按起算事由分批办理"


class RunDecided(DomainError):
    """It was decided or taken back already."""

    kind, code, title = ErrorKind.CONFLICT, "erasure_run_decided", "该批清除已决定或已撤回"
    advice = "请刷新后查看办理情况"


class RunFourEyes(DomainError):
    """Whoever asked for it does not decide it."""

    kind, code, title = ErrorKind.FORBIDDEN, "erasure_run_four_eyes", "清除须由申请人以外的人员决定"
    advice = "请由县级另一位有权限的人员决定"


class RunUnclear(DomainError):
    """One entry is named because somebody wishes it; a kind names a term. Not both."""

    kind, code, title = ErrorKind.INVALID, "erasure_run_unclear", "按本人请求清除的，不填写起算事由"
    advice = "按本人请求清除请只填写标识；按保存期满清除请只填写起算事由"


def require_transition(present: str, to: RunStatus) -> None:
    """Raises `RunDecided` unless the table allows it."""
    if to not in TRANSITIONS[RunStatus(present)]:
        raise RunDecided


def outcome_of(run: Run, sealed: bool, entry: Entry | None, day: date) -> RunOutcome:
    """What becomes of an entry on the day of the decision. `entry`: None of what goes on again."""
    if not sealed:
        return RunOutcome.ERASED_BEFORE
    if entry is None or (entry.kept_until > day and run.ground != RunGround.OWN_WISH):
        return RunOutcome.KEPT_BY_LAW
    return RunOutcome.ERASED if entry.held_by is None else RunOutcome.HELD
