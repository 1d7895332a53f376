"""Incidents (事件): the lifecycle as data, what a step is, and what is refused."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.grid.incidents import IncidentStatus
from shared.errors import DomainError, ErrorKind, FieldError, ReasonNotExpected, ReasonRequired
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
    BOUNDARY = "boundary", "区划调整"


class FilingGround(NamedCode):
    """What an incident is filed upon (立案依据); nobody has to say it."""

    VERIFIED = "verified", "现场核实属实"
    VERIFIED_BY_PHONE = "verified_by_phone", "电话核实属实"
    SHOWN_BY_PICTURES = "shown_by_pictures", "图片、视频可以认定"
    ASSIGNED = "assigned", "上级交办，直接立案"


class RejectionReason(NamedCode):
    """Why an incident is not filed (不予立案)."""

    NOTHING_THERE = "nothing_there", "现场查无此事"
    NOT_IN_SCOPE = "not_in_scope", "不属于网格受理范围"
    REPORTED_ALREADY = "reported_already", "同一问题已有人上报"
    SETTLED_ALREADY = "settled_already", "核实时已经解决"
    PLACE_UNCLEAR = "place_unclear", "位置或情况不清，无法核实"
    OTHER = "other", "其他（见备注）"


class ReturnReason(NamedCode):
    """Why a unit sends an incident back (退单)."""

    NOT_RESPONSIBLE = "not_responsible", "不属于本单位职责"
    OUTSIDE_AREA = "outside_area", "不在本单位管辖区域"
    CATEGORY_WRONG = "category_wrong", "事件类别有误"
    SEVERAL_UNITS = "several_units", "须由多个单位联合处置"
    PLACE_UNCLEAR = "place_unclear", "位置或情况不清，无法核实"
    OTHER = "other", "其他（见备注）"


class DeferralReason(NamedCode):
    """Why an incident may be handled after its deadline (缓办)."""

    RAINY_SEASON = "rainy_season", "汛期或连续降雨，无法施工"
    BAD_WEATHER = "bad_weather", "冰雪、大风等恶劣天气，无法施工"
    FUNDS_PENDING = "funds_pending", "资金尚未落实"
    APPROVAL_PENDING = "approval_pending", "须先办理审批手续"
    PROJECT_PENDING = "project_pending", "已列入工程项目，须分期实施"
    DISPUTE_PENDING = "dispute_pending", "权属或责任有争议，正在协调"
    PROCEEDINGS_PENDING = "proceedings_pending", "复议或诉讼尚未结束"
    OTHER = "other", "其他（见备注）"


class HandlingResult(NamedCode):
    """With which result an incident was handled (处置结果)."""

    DONE = "done", "已处置完毕"
    CLEANED = "cleaned", "已清理"
    REPAIRED = "repaired", "已修复"
    MEDIATED = "mediated", "已调解"
    CORRECTED = "corrected", "已督促整改到位"
    PENALISED = "penalised", "已依法处罚"
    HANDED_OVER = "handed_over", "已移交有权机关"
    EXPLAINED = "explained", "已向群众解释说明"
    NOTHING_FOUND = "nothing_found", "到场未发现问题"
    OTHER = "other", "其他（见备注）"


class ReworkReason(NamedCode):
    """Why a check failed and the unit handles it again (核查不通过)."""

    NOT_DONE = "not_done", "未处置"
    PARTLY_DONE = "partly_done", "处置不彻底"
    STILL_DIRTY = "still_dirty", "现场仍未清理干净"
    WRONG_PLACE = "wrong_place", "处置地点不符"
    PROOF_MISSING = "proof_missing", "缺少处置照片或凭证"
    RECURRED = "recurred", "问题再次出现"
    OTHER = "other", "其他（见备注）"


Reason = FilingGround | RejectionReason | ReturnReason | DeferralReason | HandlingResult | ReworkReason

OTHER = "other"
"""The reason of a list that says nothing by itself: the note says it."""

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


def require_rework_reason(*, passed: bool, reason: Reason | None, subject: object = None) -> None:
    """A failed check has a reason, a passed one has none. Raises `ReasonRequired`, `ReasonNotExpected`."""
    if not passed and reason is None:
        raise ReasonRequired(subject, errors=[FieldError("reason", "missing", "核查不通过须说明理由")])
    if passed and reason is not None:
        raise ReasonNotExpected(subject, errors=[FieldError("reason", "unexpected", "核查通过的，不填写理由")])


def require_explained(reason: Reason | None, note: str | None) -> None:
    """`other` is explained by a note. Raises `ReasonRequired`."""
    if reason == OTHER and note is None:
        raise ReasonRequired(errors=[FieldError("note", "missing", "选择“其他”的，须在备注中写明")])


def require_transition(present: IncidentStatus, to: IncidentStatus) -> None:
    """Raises `IncidentTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[present]:
        raise IncidentTransitionError
