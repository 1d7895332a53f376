"""Public reports (随手拍): progress codes, limits against abuse, the lifecycle, and what is refused."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from shared.contracts.grid.public_reports import PublicReportStatus
from shared.errors import DomainError, ErrorKind, FieldError, ReasonRequired
from shared.reference.named_code import NamedCode

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that are not taken for one another when they are read aloud or copied."""
CODE = 16
"""Letters of a progress code: 78 bits, so that a plain digest of it cannot be searched."""
HOUR = timedelta(hours=1)


class PublicDismissal(NamedCode):
    """Why a public report is not taken up (不予受理)."""

    NOTHING_THERE = "nothing_there", "现场查无此事"
    NOT_IN_SCOPE = "not_in_scope", "不属于网格受理范围"
    SETTLED_ALREADY = "settled_already", "已经解决"
    PLACE_UNCLEAR = "place_unclear", "位置或情况不清，无法核实"
    ABUSE = "abuse", "恶意或无意义上报"
    OTHER = "other", "其他（见备注）"


TRANSITIONS: dict[PublicReportStatus, frozenset[PublicReportStatus]] = {
    PublicReportStatus.HELD: frozenset(PublicReportStatus) - {PublicReportStatus.HELD},
    PublicReportStatus.FILED: frozenset(),
    PublicReportStatus.JOINED: frozenset({PublicReportStatus.HELD}),
    PublicReportStatus.DISMISSED: frozenset({PublicReportStatus.HELD}),
    PublicReportStatus.WITHDRAWN: frozenset(),
}
"""What was filed is undone as an incident."""


@dataclass(frozen=True)
class PublicReportPolicy:
    """What a county sets against abuse: so many reports of one client a day, and from one village an hour."""

    client_per_day: int = 10
    village_per_hour: int = 60


@dataclass(frozen=True)
class PublicReportFilter:
    """What a list shows of what its reader may see; None: everything."""

    area: str | None = None
    status: PublicReportStatus | None = None
    category: str | None = None


class PublicReportTransitionError(DomainError):
    """The table does not allow the step from where the report is."""

    kind, code, title = ErrorKind.CONFLICT, "public_report_transition_not_allowed", "随手拍当前状态不允许此操作"
    advice = "请刷新查看；已立案的，请在事件中办理"


class PublicReportTooMany(DomainError):
    """So many were reported by this client today, or from this village in the last hour."""

    kind, code, title = ErrorKind.RATE_LIMITED, "public_report_too_many", "上报过于频繁，暂不能继续上报"
    advice = "请稍后再报；情况紧急的请拨打 12345 或 110、119、120"


class PublicReportJoinWrong(DomainError):
    """The incident has ended, or lies in another village."""

    kind, code, title = ErrorKind.CONFLICT, "public_report_join_wrong", "不能并入所选事件"
    advice = "请选择同一村（社区）内尚未办结的事件"


def require_transition(present: PublicReportStatus, to: PublicReportStatus) -> None:
    """Raises `PublicReportTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[present]:
        raise PublicReportTransitionError


def require_explained(reason: PublicDismissal, note: str | None) -> None:
    """`other` is explained by a note. Raises `ReasonRequired`."""
    if reason is PublicDismissal.OTHER and note is None:
        raise ReasonRequired(errors=[FieldError("note", "missing", "选择“其他”的，须在备注中写明")])


def new_code() -> str:
    """A progress code (查询码) that tells nothing and that nobody guesses."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE))


def spaced(code: str) -> str:
    """A progress code in groups of four, as people are shown it."""
    return "-".join(code[at : at + 4] for at in range(0, CODE, 4))


def digest_of(typed: str) -> bytes:
    """What is kept of a progress code, however it was typed: wide, small, in groups."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", typed).upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).digest()
