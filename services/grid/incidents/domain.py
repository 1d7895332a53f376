"""Incidents (事件): the lifecycle as data, what a step is, and what is refused."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.grid.incidents import IncidentStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

TRANSITIONS: dict[IncidentStatus, frozenset[IncidentStatus]] = {
    IncidentStatus.REPORTED: frozenset({IncidentStatus.FILED, IncidentStatus.REJECTED}),
    IncidentStatus.FILED: frozenset({IncidentStatus.DISPATCHED}),
    IncidentStatus.DISPATCHED: frozenset({IncidentStatus.ACCEPTED, IncidentStatus.FILED}),  # FILED: returned (退单)
    IncidentStatus.ACCEPTED: frozenset({IncidentStatus.FEEDBACK}),
    IncidentStatus.FEEDBACK: frozenset({IncidentStatus.CHECKED, IncidentStatus.ACCEPTED}),  # ACCEPTED: rework
    IncidentStatus.CHECKED: frozenset({IncidentStatus.CLOSED}),
    IncidentStatus.REJECTED: frozenset(),
    IncidentStatus.CLOSED: frozenset(),
}

OPEN = frozenset(status for status, onward in TRANSITIONS.items() if onward)
"""Statuses in which something is still to be done; only these can be overdue."""


class Source(NamedCode):
    """Where an incident came from: 巡查, 居民, 12345, 上级, 媒体."""

    PATROL = "patrol", "网格巡查"
    RESIDENT = "resident", "群众上报"
    HOTLINE = "hotline_12345", "12345 热线"
    SUPERIOR = "superior", "上级交办"
    MEDIA = "media", "媒体反映"


class Step(NamedCode):
    """What somebody did to an incident: one line of its history each."""

    REPORT = "report", "上报"
    REJECT = "reject", "不予立案"
    FILE = "file", "立案"
    DISPATCH = "dispatch", "派遣"
    ACCEPT = "accept", "接单"
    RETURN = "return", "退单"
    FEEDBACK = "feedback", "反馈"
    CHECK = "check", "核查通过"
    REWORK = "rework", "返工"
    CLOSE = "close", "结案"
    RESCHEDULE = "reschedule", "重算时限"
    DEFER = "defer", "批准缓办"


HANDLING = frozenset({Step.ACCEPT, Step.FEEDBACK})
"""The steps that make somebody a handler of the incident."""


@dataclass(frozen=True)
class IncidentFilter:
    """What a list shows of what its reader may see; None: everything."""

    area: str | None = None
    status: IncidentStatus | None = None
    overdue: bool | None = None
    unit_id: UUID | None = None


class IncidentTransitionError(DomainError):
    """The table does not allow the step from where the incident is."""

    kind, code, title = ErrorKind.CONFLICT, "incident_transition_not_allowed", "事件当前状态不允许此操作"
    advice = "请刷新查看事件现在的状态和可做的操作"


class HandlerMayNotCheck(DomainError):
    """GB/T 30428.1: 核查 is done by somebody else than the handler."""

    kind, code, title = ErrorKind.FORBIDDEN, "incident_check_by_handler", "处置人不得核查自己处置的事件"
    advice = "请由其他有核查权限的人员核查"


class OfficialSource(DomainError):
    """Refusal: a resident reports as an official source (巡查, 12345, 上级, 媒体)."""

    kind, code, title = ErrorKind.FORBIDDEN, "incident_source_official", "居民上报的事件来源只能是“居民”"
    advice = "请把来源改为“居民”后重新上报"


class IncidentDeferralTooLate(DomainError):
    """A deferral is granted before the deadline: afterwards it would only hide that it was missed."""

    kind, code, title = ErrorKind.CONFLICT, "incident_deferral_too_late", "办理时限已过，不能再批准缓办"
    advice = "请尽快办理；超期情况如实反馈"


class IncidentDeferredAlready(DomainError):
    """It was deferred before."""

    kind, code, title = ErrorKind.CONFLICT, "incident_deferred_already", "该事件已批准缓办"
    advice = "无需再次批准；办理完成后照常反馈"


class IncidentNotLocated(DomainError):
    """No grid holds the point, and no area was named instead."""

    kind, code, title = ErrorKind.INVALID, "incident_not_located", "位置不在任何网格内，请指定所属区域"
    advice = "请填写所属村（社区）或网格"


class IncidentAreaUnknown(DomainError):
    """The area that was named is neither a village that exists today nor an open grid."""

    kind, code, title = ErrorKind.INVALID, "incident_area_unknown", "事件所属区域不存在"
    advice = "请核对区划代码；新设的区域稍后再试"


class IncidentPointOutsideArea(DomainError):
    """The grid that holds the point does not lie in the area that was named."""

    kind, code, title = ErrorKind.INVALID, "incident_point_outside_area", "位置不在指定区域内"
    advice = "请核对位置，或改选位置所在的区域"


def require_deferrable(status: IncidentStatus, *, deferred: bool, due_at: datetime | None, now: datetime) -> None:
    """Check that an incident may be deferred (缓办): it is being handled, its deadline has not passed, and only once.

    Raises `IncidentTransitionError`, `IncidentDeferredAlready`, `IncidentDeferralTooLate`.
    """
    if status is not IncidentStatus.ACCEPTED:
        raise IncidentTransitionError
    if deferred:
        raise IncidentDeferredAlready
    if due_at is None or now > due_at:
        raise IncidentDeferralTooLate


def require_transition(present: IncidentStatus, to: IncidentStatus) -> None:
    """Raises `IncidentTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[present]:
        raise IncidentTransitionError
