"""Receptions by leaders (领导接访): the lifecycle of a place in the roster, and what is refused."""

from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import DomainError, ErrorKind
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS
from shared.reference.named_code import NamedCode

AHEAD = timedelta(days=366)
"""How long before its day a reception is entered at most."""


class ReceptionStatus(NamedCode):
    """Where a reception stands."""

    PLANNED = "planned", "已排定"
    HELD = "held", "已接访"
    CANCELLED = "cancelled", "已取消"


TRANSITIONS: dict[ReceptionStatus, frozenset[ReceptionStatus]] = {
    ReceptionStatus.PLANNED: frozenset({ReceptionStatus.HELD, ReceptionStatus.CANCELLED}),
    ReceptionStatus.HELD: frozenset({ReceptionStatus.PLANNED}),
    ReceptionStatus.CANCELLED: frozenset({ReceptionStatus.PLANNED}),
}


@dataclass(frozen=True)
class ReceptionFilter:
    """What a list shows; None: everything."""

    area: str | None = None
    since: date | None = None
    until: date | None = None
    status: ReceptionStatus | None = None


class ReceptionTransitionError(DomainError):
    """The table does not allow the step from where the reception is."""

    kind, code, title = ErrorKind.CONFLICT, "reception_transition_not_allowed", "接访场次当前状态不允许此操作"
    advice = "请刷新查看该场次现在的状态"


class ReceptionWrong(DomainError):
    """It is of a town or the county, ends after it begins, and lies within a year."""

    kind, code, title = ErrorKind.INVALID, "reception_wrong", "接访安排不正确"
    advice = "区域填镇街或县；结束时间须晚于开始时间；日期不早于今天、最多提前一年"


class ReceptionTaken(DomainError):
    """The leader receives elsewhere at that time, or the place has a reception then."""

    kind, code, title = ErrorKind.CONFLICT, "reception_taken", "该时段已有接访安排"
    advice = "同一区域同一职务在同一天只排一场；请修改日期或先取消原安排"


class ReceptionNotYet(DomainError):
    """Its day has not come."""

    kind, code, title = ErrorKind.CONFLICT, "reception_not_yet", "接访日尚未到"
    advice = "请在接访当日或之后登记"


def require_transition(present: ReceptionStatus, to: ReceptionStatus) -> None:
    """Raises `ReceptionTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[present]:
        raise ReceptionTransitionError


def require_planned(area: str, on: date, begins: str, ends: str, today: date) -> None:
    """Raises `ReceptionWrong`, at what is wrong."""
    wrong = [
        path
        for path, is_wrong in (
            ("area", len(area) not in (TOWN_DIGITS, COUNTY_DIGITS)),
            ("received_on", not today <= on <= today + AHEAD),
            ("ends", ends <= begins),
        )
        if is_wrong
    ]
    if wrong:
        raise ReceptionWrong.at(*wrong)
