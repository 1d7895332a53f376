"""Worklists (工作台): who may take a task, how it is found, absences, and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.services_hall.cases.domain.codes import CasePost, Desk
from shared.contracts.services_hall.cases import CaseStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

HANDLE, DECIDE, ASSIGN, READ = "case.handle", "case.decide", "case.assign", "case.read"
PERMISSION: Mapping[CasePost, str] = {
    CasePost.WINDOW: HANDLE,
    CasePost.REVIEW: HANDLE,
    CasePost.DECISION: DECIDE,
    CasePost.CONSENT: HANDLE,
    CasePost.DELIVERY: HANDLE,
}
"""What whoever takes a task of a post may do: as the steps ask for it that are taken there."""
ON_POST = timedelta(days=30)
"""How long a sign-on holds: grants are the issuer's, and may be gone by then."""
LONGEST_ABSENCE = 366
MOST_AT_ONCE = 50
"""Cases of one batch."""


class Assigned(NamedCode):
    """Whose tasks a list shows."""

    FREE = "free", "待认领"
    MINE = "mine", "我的"
    TAKEN = "taken", "已有经办人"


class AbsenceStatus(NamedCode):
    """Where an absence stands."""

    PLANNED = "planned", "未开始"
    BEGUN = "begun", "进行中"
    ENDED = "ended", "已结束"
    WITHDRAWN = "withdrawn", "已撤回"


TRANSITIONS: Mapping[AbsenceStatus, frozenset[AbsenceStatus]] = {
    AbsenceStatus.PLANNED: frozenset({AbsenceStatus.BEGUN, AbsenceStatus.WITHDRAWN}),
    AbsenceStatus.BEGUN: frozenset({AbsenceStatus.ENDED}),
    AbsenceStatus.ENDED: frozenset(),
    AbsenceStatus.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What a list of tasks, its count and the pools ask for. `who`: whose tasks are "mine"."""

    who: str
    today: date
    level: int | None = None
    department: str | None = None
    kind: Desk | None = None
    post: CasePost | None = None
    assigned: Assigned | None = None
    officer: str | None = None
    status: CaseStatus | None = None
    item_id: UUID | None = None
    due_by: date | None = None


@dataclass(frozen=True, slots=True)
class TaskPool:
    """Tasks that wait at offices of one level, for one department and post."""

    level: int
    department: str
    post: str
    total: int
    free: int
    mine: int
    overdue: int


class TaskTaken(DomainError):
    """Somebody else works on it."""

    kind, code, title = ErrorKind.CONFLICT, "task_taken", "该待办已由他人认领"
    advice = "请刷新后查看经办人；确需改由您办理的，请由对方释放或由负责人改派"


class TaskFree(DomainError):
    """Nobody works on it: there is nothing to release."""

    kind, code, title = ErrorKind.CONFLICT, "task_free", "该待办尚无经办人"
    advice = "请刷新后查看；需要办理的，请先认领"


class OfficerNotOnPost(DomainError):
    """The officer has not signed on at a post that may take this task."""

    kind, code, title = ErrorKind.INVALID, "officer_not_on_post", "该人员未在可办理此事的岗位上签到"
    advice = "请从在岗人员中选择，或请其先签到上岗"


class OfficerAbsent(DomainError):
    """The officer is absent today."""

    kind, code, title = ErrorKind.CONFLICT, "officer_absent", "该人员今天不在岗"
    advice = "请改派其他在岗人员"


class AbsenceDaysWrong(DomainError):
    """It begins before today, ends before it begins, or takes more than a year."""

    kind, code, title = ErrorKind.INVALID, "absence_days_wrong", "离岗起止日期不正确"
    advice = "离岗须自今天或以后开始，不早于开始日结束，最长一年"


class AbsenceToOneself(DomainError):
    """Nobody stands in for oneself."""

    kind, code, title = ErrorKind.INVALID, "absence_to_oneself", "不能由离岗人员本人代班"
    advice = "请另选一名在岗人员"


class AbsenceKnown(DomainError):
    """An absence of this officer is planned or has begun."""

    kind, code, title = ErrorKind.CONFLICT, "absence_known", "该人员已有未结束的离岗安排"
    advice = "请先结束或撤回原安排，再另行登记"


class AbsenceOver(DomainError):
    """It has ended, or was withdrawn."""

    kind, code, title = ErrorKind.CONFLICT, "absence_over", "该离岗安排已结束或已撤回"
    advice = "请刷新后查看；需要的，请另行登记"


class CaseNotAtOnce(DomainError):
    """Only what is decided at once is handled in batches."""

    kind, code, title = ErrorKind.CONFLICT, "case_not_at_once", "不是即办件，不能批量办结"
    advice = "请逐件按环节办理"


class SearchWithoutWords(DomainError):
    """A search that asks for nothing is a list."""

    kind, code, title = ErrorKind.INVALID, "search_without_words", "请至少填写一项查找条件"
    advice = "请填写编号、证件、居民、事项、状态或到期日中的一项"


def require_transition(present: str, to: AbsenceStatus) -> None:
    """Raises `AbsenceOver` unless the table allows it."""
    if to not in TRANSITIONS[AbsenceStatus(present)]:
        raise AbsenceOver


def require_days(from_on: date, until_on: date, today: date) -> None:
    """Raises `AbsenceDaysWrong`."""
    if from_on < today:
        raise AbsenceDaysWrong.at("from_on")
    if not from_on <= until_on <= from_on + timedelta(days=LONGEST_ABSENCE):
        raise AbsenceDaysWrong.at("until_on")
