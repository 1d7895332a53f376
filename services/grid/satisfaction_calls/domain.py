"""Satisfaction calls (满意度回访): the levels, the lifecycle, and what is refused."""

from dataclasses import dataclass

from shared.contracts.grid.satisfaction_calls import SatisfactionCallStatus
from shared.errors import DomainError, ErrorKind, FieldError, ReasonRequired
from shared.reference.satisfaction import LOWEST

TRANSITIONS: dict[SatisfactionCallStatus, frozenset[SatisfactionCallStatus]] = {
    SatisfactionCallStatus.DUE: frozenset(SatisfactionCallStatus),
    SatisfactionCallStatus.ANSWERED: frozenset({SatisfactionCallStatus.DUE}),
    SatisfactionCallStatus.UNREACHED: frozenset({SatisfactionCallStatus.DUE}),
}


@dataclass(frozen=True)
class CallFilter:
    """What a list shows of what its reader may see; None: everything. `rating`: only this level or a worse one."""

    area: str | None = None
    status: SatisfactionCallStatus | None = None
    rating: int | None = None


class CallTransitionError(DomainError):
    """The table does not allow the step from where the call is."""

    kind, code, title = ErrorKind.CONFLICT, "satisfaction_call_transition_not_allowed", "回访当前状态不允许此操作"
    advice = "请刷新查看该回访现在的状态"


class CallIncidentOpen(DomainError):
    """The incident was taken up again: it is called back when it is closed anew."""

    kind, code, title = ErrorKind.CONFLICT, "satisfaction_call_incident_open", "事件已重新办理，尚未结案"
    advice = "请在事件再次结案后回访"


class CallByHandler(DomainError):
    """Whoever handled the incident does not ask how satisfied people are with that."""

    kind, code, title = ErrorKind.FORBIDDEN, "satisfaction_call_by_handler", "处置人不得回访自己处置的事件"
    advice = "请由其他人员回访"


class CallOfAnother(DomainError):
    """What somebody was told is taken back by whoever entered it, or by the county: no bad word is lost on the way."""

    kind, code, title = ErrorKind.FORBIDDEN, "satisfaction_call_of_another", "他人登记的回访结果不能撤回"
    advice = "登记有误的，请由登记人或县级人员撤回"


class CallNotTried(DomainError):
    """Nobody has tried to reach them: silence is entered as it was, call by call."""

    kind, code, title = ErrorKind.CONFLICT, "satisfaction_call_not_tried", "尚无未接通的记录，不能登记为未能联系"
    advice = "请先拨打，未接通的先登记未接通"


def require_transition(present: SatisfactionCallStatus, to: SatisfactionCallStatus) -> None:
    """Raises `CallTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[present]:
        raise CallTransitionError


def require_explained(rating: int, note: str | None) -> None:
    """A bad rating is entered with what was wrong. Raises `ReasonRequired`."""
    if rating in LOWEST and note is None:
        raise ReasonRequired(errors=[FieldError("note", "missing", "不满意的，须在备注中写明原因")])
