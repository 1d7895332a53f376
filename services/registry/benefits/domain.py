"""Benefits (待遇): what a department's list says that somebody receives, and how one ends.

A list is knowledge of its source as of a day. What it says is kept beside the tag that follows from it. Whoever is no
longer on it is proposed to be ended, and a clerk decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from shared.contracts.county.lists import ListKind
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

TAGS: Mapping[ListKind, str] = {
    ListKind.MINIMUM_LIVING: "minimum_living",
    ListKind.EXTREME_POVERTY: "extreme_poverty",
    ListKind.DISABLED: "disabled",
    ListKind.OLD_AGE_ALLOWANCE: "elder_oldest",
    ListKind.ORPHAN: "orphan",
    ListKind.PREFERENTIAL: "preferential",
}
"""The tag of the care family that follows from each kind of list."""


class BenefitStatus(NamedCode):
    """Where a benefit stands. `missing`: the newest list of its source has the person no more; nobody has decided."""

    HELD = "held", "在享"
    MISSING = "missing", "名单已无，待核实"
    KEPT = "kept", "核实后保留"
    ENDED = "ended", "已停止"


TRANSITIONS: Mapping[BenefitStatus, frozenset[BenefitStatus]] = {
    BenefitStatus.HELD: frozenset({BenefitStatus.MISSING}),
    BenefitStatus.MISSING: frozenset({BenefitStatus.HELD, BenefitStatus.KEPT, BenefitStatus.ENDED}),
    BenefitStatus.KEPT: frozenset({BenefitStatus.HELD, BenefitStatus.MISSING}),
    BenefitStatus.ENDED: frozenset({BenefitStatus.HELD, BenefitStatus.MISSING}),
}
"""To `missing` by a list without the person, or by a clerk who takes a decision back; to `held` by a list alone."""


OF_HALL = "urn:xiangli:services_hall"
"""Source of benefits that granted cases brought: there is no list that could have them no more."""

TRANSITIONS_OF_HALL: Mapping[BenefitStatus, frozenset[BenefitStatus]] = {
    BenefitStatus.HELD: frozenset({BenefitStatus.ENDED}),
    BenefitStatus.ENDED: frozenset({BenefitStatus.HELD}),
}
"""A clerk ends what a granted case brought, and takes that back; another granted case brings it again."""


class KeepingReason(NamedCode):
    """Why a clerk keeps a benefit that the list has no more."""

    STILL_ENTITLED = "still_entitled", "仍符合条件，名单遗漏"
    UNDER_REVIEW = "under_review", "主管部门复核中"


@dataclass(frozen=True, slots=True)
class BenefitRecord:
    """A benefit as stored: one of a source, a kind and a person. `area`, `list_id`, `as_of`: of the list that had it
    last; `missing_on`: day of the list that had it no more. `tag_id`: the tag that followed. `handed`: the merges with
    which it went from one person to another, the last one last, with the tag that followed there.
    """

    id: UUID
    version: int
    person_id: UUID
    kind: str
    source: str
    area: str
    list_id: str
    as_of: date
    since: date
    level: str | None
    monthly_fen: int | None
    status: str
    missing_on: date | None
    tag_id: UUID
    ended_on: date | None
    tag_ended: bool
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    recorded_at: datetime
    handed: list[dict[str, str]] = field(default_factory=list)


class BenefitTransitionRefused(DomainError):
    """The benefit stands where this step does not follow."""

    kind, code, title = ErrorKind.CONFLICT, "benefit_transition_not_allowed", "该项待遇当前的状态不能办理此步"
    advice = "请刷新后按现在的状态办理；在享的待遇由主管部门的名单变更"


class BenefitEndWrong(DomainError):
    """Not before its beginning, and not in the future."""

    kind, code, title = ErrorKind.INVALID, "benefit_end", "停止日期不正确"
    advice = "请核对：停止日期不早于起始日，不晚于今天"


class BenefitHeldAlready(DomainError):
    """A case that was granted before has brought it, and it has not ended."""

    kind, code, title = ErrorKind.CONFLICT, "benefit_held_already", "该居民已凭先前准予的办件享受此项待遇"
    advice = "无须重复办理；有变动的，请先停止原待遇"


def require_transition(present: str, to: BenefitStatus, *, source: str) -> None:
    """Raises `BenefitTransitionRefused` unless the table of its source allows it."""
    table = TRANSITIONS_OF_HALL if source == OF_HALL else TRANSITIONS
    if to not in table.get(BenefitStatus(present), ()):
        raise BenefitTransitionRefused


def is_taken_back(benefit: BenefitRecord) -> bool:
    """Whether what a granted case brought ended on its first day: it never was."""
    return benefit.source == OF_HALL and benefit.ended_on == benefit.since


def require_end(since: date, ended_on: date, *, today: date) -> None:
    """End of a benefit: since ≤ ended_on ≤ today. Raises `BenefitEndWrong`."""
    if not since <= ended_on <= today:
        raise BenefitEndWrong.at("ended_on")
