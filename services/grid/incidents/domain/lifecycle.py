"""Lifecycle of an incident (事件): which step is taken from where, where it leads, who may, and for which place."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.grid.incidents.domain.refusals import IncidentTransitionError
from shared.contracts.grid.incidents import IncidentStatus
from shared.reference.named_code import NamedCode


class Step(NamedCode):
    """What somebody did to an incident: one line of its history each."""

    REPORT = "report", "上报"
    VERIFY = "verify", "核实"
    REJECT = "reject", "不予立案"
    FILE = "file", "立案"
    SELF_HANDLE = "self_handle", "自处置"
    DISPATCH = "dispatch", "派遣"
    ACCEPT = "accept", "接单"
    RETURN = "return", "退单"
    BEGIN = "begin", "到场处置"
    ASK_LEAVE = "ask_leave", "申请缓办或挂起"
    GRANT_LEAVE = "grant_leave", "同意申请"
    REFUSE_LEAVE = "refuse_leave", "不同意申请"
    DEFER = "defer", "批准缓办"
    SUSPEND = "suspend", "批准挂起"
    RESUME = "resume", "恢复处置"
    FEEDBACK = "feedback", "反馈"
    CHECK = "check", "核查通过"
    REWORK = "rework", "返工"
    CLOSE = "close", "结案"
    REOPEN = "reopen", "重新立案"
    TRANSFER_UP = "transfer_up", "上报上级"
    TRANSFER_DOWN = "transfer_down", "下交下级"
    PLACE = "place", "调整所属网格"
    MERGE = "merge", "并案"
    ORDER = "order", "派协办单"
    TAKE_ORDER = "take_order", "协办接单"
    RETURN_ORDER = "return_order", "协办退单"
    FINISH_ORDER = "finish_order", "协办反馈"
    WITHDRAW_ORDER = "withdraw_order", "撤回协办单"
    URGE = "urge", "催办"
    SUPERVISE = "supervise", "督办"
    LIFT_SUPERVISION = "lift_supervision", "督办销号"
    UNDO = "undo", "撤销上一步"
    DUPLICATE_JOINED = "duplicate_joined", "并入其他事件"
    DUPLICATE_PARTED = "duplicate_parted", "取消并入"
    RESCHEDULE = "reschedule", "重算时限"
    BOUNDARY = "boundary", "区划、网格调整"


class Place(StrEnum):
    """For which place (area and department) the permission of a step is asked."""

    OFFICE = "office"  # the office that has it: its area cut at its level; and the department of its unit
    UNIT = "unit"  # where it lies, and the department of the unit that leads
    ASSISTANT = "assistant"  # where it lies, and the department of the order


@dataclass(frozen=True, slots=True)
class Rule:
    """Rule of a step. `to`: the statuses it may lead to; empty: the status stays.

    `by_other`: it is taken by somebody who did not handle the incident.
    """

    origins: frozenset[IncidentStatus]
    to: frozenset[IncidentStatus]
    permission: str
    place: Place = Place.OFFICE
    by_other: bool = False


def _rule(origins: str, to: str, permission: str, place: Place = Place.OFFICE, *, by_other: bool = False) -> Rule:
    named = {status.value: status for status in IncidentStatus}
    return Rule(
        frozenset(named[one] for one in origins.split()),
        frozenset(named[one] for one in to.split()),
        permission,
        place,
        by_other,
    )


_NEW = "reported verified"
_WORK = "accepted handling"
_UNFINISHED = f"{_NEW} filed dispatched {_WORK} suspended feedback checked"
_ASSISTED = f"filed dispatched {_WORK} suspended"
VERIFY, FILE, DISPATCH = "incident.verify", "incident.file", "incident.dispatch"
HANDLE, CHECK, URGE, SUPERVISE = "incident.handle", "incident.check", "incident.urge", "incident.supervise"

LIFECYCLE: Mapping[Step, Rule] = {
    Step.VERIFY: _rule("reported", "verified", VERIFY),
    Step.REJECT: _rule(_NEW, "rejected", FILE),
    Step.FILE: _rule(_NEW, "filed", FILE),
    Step.SELF_HANDLE: _rule(f"{_NEW} filed", "feedback closed", HANDLE),
    Step.DISPATCH: _rule("filed", "dispatched", DISPATCH),
    Step.ACCEPT: _rule("dispatched", "accepted", HANDLE, Place.UNIT),
    Step.RETURN: _rule("dispatched", "filed", HANDLE, Place.UNIT),
    Step.BEGIN: _rule("accepted", "handling", HANDLE, Place.UNIT),
    Step.ASK_LEAVE: _rule(_WORK, "", HANDLE, Place.UNIT),
    Step.GRANT_LEAVE: _rule(_WORK, f"{_WORK} suspended", DISPATCH, by_other=True),
    Step.REFUSE_LEAVE: _rule(_WORK, "", DISPATCH, by_other=True),
    Step.DEFER: _rule(_WORK, "", DISPATCH, by_other=True),
    Step.SUSPEND: _rule(_WORK, "suspended", DISPATCH, by_other=True),
    Step.RESUME: _rule("suspended", _WORK, HANDLE, Place.UNIT),
    Step.FEEDBACK: _rule(_WORK, "feedback", HANDLE, Place.UNIT),
    Step.CHECK: _rule("feedback", "checked", CHECK, by_other=True),
    Step.REWORK: _rule("feedback", "accepted filed", CHECK, by_other=True),
    Step.CLOSE: _rule("checked", "closed", CHECK),
    Step.REOPEN: _rule("closed", "filed", CHECK),
    Step.TRANSFER_UP: _rule(f"{_NEW} filed", "", DISPATCH),
    Step.TRANSFER_DOWN: _rule(f"{_NEW} filed", "", DISPATCH),
    Step.PLACE: _rule(_UNFINISHED, "", DISPATCH),
    Step.MERGE: _rule(f"{_NEW} filed dispatched {_WORK}", "merged", FILE),
    Step.ORDER: _rule(f"dispatched {_WORK}", "", DISPATCH),
    Step.TAKE_ORDER: _rule(_ASSISTED, "", HANDLE, Place.ASSISTANT),
    Step.RETURN_ORDER: _rule(_ASSISTED, "", HANDLE, Place.ASSISTANT),
    Step.FINISH_ORDER: _rule(_ASSISTED, "", HANDLE, Place.ASSISTANT),
    Step.WITHDRAW_ORDER: _rule(_ASSISTED, "", DISPATCH),
    Step.URGE: _rule(_UNFINISHED, "", URGE, Place.UNIT),
    Step.SUPERVISE: _rule(_UNFINISHED, "", SUPERVISE, Place.UNIT),
    Step.LIFT_SUPERVISION: _rule(_UNFINISHED, "", SUPERVISE, Place.UNIT),
}
"""THE lifecycle. `undo` takes back whatever was done last; what calendar, areas and grids do comes by itself."""

OPEN: frozenset[IncidentStatus] = frozenset(IncidentStatus) - {
    IncidentStatus.REJECTED,
    IncidentStatus.CLOSED,
    IncidentStatus.MERGED,
}
"""Statuses in which something is still to be done; only these can be overdue."""

BEFORE_FILING: frozenset[IncidentStatus] = frozenset({IncidentStatus.REPORTED, IncidentStatus.VERIFIED})
"""Statuses in which it is still to be decided whether it is filed."""

HANDLED_BY: frozenset[Step] = frozenset(
    {Step.SELF_HANDLE, Step.ACCEPT, Step.BEGIN, Step.ASK_LEAVE, Step.FEEDBACK, Step.TAKE_ORDER, Step.FINISH_ORDER}
)
"""The steps that make somebody a handler of the incident."""

NOT_UNDONE: frozenset[Step] = frozenset({Step.REPORT, Step.URGE})
"""What is told as it is said: a report made in error is rejected, an urging was heard."""


def require_allowed(status: IncidentStatus, step: Step, subject: object = None) -> Rule:
    """The rule by which `step` is taken in `status`. Raises `IncidentTransitionError` if the table has none."""
    rule = LIFECYCLE[step]
    if status not in rule.origins:
        raise IncidentTransitionError(subject)
    return rule
