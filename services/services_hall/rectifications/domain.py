"""Rectifications (差评整改): the lifecycle as one table, codes, and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.services_hall.rectifications import RectificationStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

READ, HANDLE, REVIEW = "rating.read", "rectification.handle", "rectification.review"
OPEN, CALLED_BACK, RECTIFIED = (
    RectificationStatus.OPEN,
    RectificationStatus.CALLED_BACK,
    RectificationStatus.RECTIFIED,
)
APPEALED, CLOSED, OVERTURNED, WITHDRAWN = (
    RectificationStatus.APPEALED,
    RectificationStatus.CLOSED,
    RectificationStatus.OVERTURNED,
    RectificationStatus.WITHDRAWN,
)
RUNNING = frozenset({OPEN, CALLED_BACK})
"""Statuses in which the limit runs."""
UNENDED = frozenset({OPEN, CALLED_BACK, RECTIFIED, APPEALED})
"""Statuses in which something is still to be done."""
TRIES = 3
"""Calls that nobody answered after which whoever rated counts as not reached."""
MOST_NOTE = 1000


class RectificationAction(NamedCode):
    """What is done about a low rating."""

    OPEN = "open", "差评生成整改"
    ATTEMPT = "attempt", "登记未接通"
    CALL_BACK = "call_back", "登记回访"
    RECTIFY = "rectify", "登记整改"
    APPEAL = "appeal", "申诉"
    REVIEW = "review", "复核"
    CLOSE = "close", "核实办结"
    REOPEN = "reopen", "重新整改"
    WITHDRAW = "withdraw", "评价撤回"
    UNDO = "undo", "撤销上一步"
    RESCHEDULE = "reschedule", "重算期限"
    BOUNDARY = "boundary", "区划调整"


class RectificationResult(NamedCode):
    """What the office did."""

    APOLOGISED = "apologised", "向群众致歉说明"
    REDONE = "redone", "重新办理"
    IMPROVED = "improved", "改进流程或服务"
    REFUNDED = "refunded", "退还费用"
    DISCIPLINED = "disciplined", "批评教育或处理责任人"
    EXPLAINED = "explained", "依法依规作出解释"


class AppealReason(NamedCode):
    """Why the office appeals."""

    MISTAKEN = "mistaken", "评价对象有误"
    MISTYPED = "mistyped", "群众误操作"
    MALICIOUS = "malicious", "恶意评价"
    NOT_IN_AUTHORITY = "not_in_authority", "诉求超出职权或不合法"


class ReopenReason(NamedCode):
    """Why it begins anew."""

    NOT_DONE = "not_done", "整改未落实"
    NOT_SATISFIED = "not_satisfied", "群众仍不满意"
    AGAIN = "again", "同一问题再次发生"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which statuses an action is taken, by whom, and where it may lead."""

    origins: frozenset[RectificationStatus]
    to: frozenset[RectificationStatus]
    permission: str


def _rule(origins: set[RectificationStatus], to: set[RectificationStatus], permission: str = HANDLE) -> Rule:
    return Rule(frozenset(origins), frozenset(to), permission)


LIFECYCLE: Mapping[RectificationAction, Rule] = {
    RectificationAction.ATTEMPT: _rule({OPEN}, {OPEN}),
    RectificationAction.CALL_BACK: _rule({OPEN}, {CALLED_BACK}),
    RectificationAction.RECTIFY: _rule({CALLED_BACK}, {RECTIFIED}),
    RectificationAction.APPEAL: _rule({CALLED_BACK, RECTIFIED}, {APPEALED}),
    RectificationAction.REVIEW: _rule({APPEALED}, {OVERTURNED, CALLED_BACK, RECTIFIED}, REVIEW),
    RectificationAction.CLOSE: _rule({RECTIFIED}, {CLOSED}),
    RectificationAction.REOPEN: _rule({RECTIFIED, CLOSED}, {CALLED_BACK}, REVIEW),
}
"""THE lifecycle. What opens and withdraws it is the rating's; `undo` takes back whatever was done last."""
BY_STRANGERS: frozenset[RectificationAction] = frozenset(
    {RectificationAction.ATTEMPT, RectificationAction.CALL_BACK, RectificationAction.REVIEW}
)
"""What nobody does, and nobody undoes, who handled the case."""


@dataclass(frozen=True, slots=True)
class RectificationFilter:
    """What a list and its count ask for."""

    status: RectificationStatus | None = None
    overdue: bool = False


class RectificationTransitionError(DomainError):
    """The rectification is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "rectification_transition_not_allowed", "整改当前状态不允许此操作"
    advice = "请刷新后查看现在的状态"


class RectificationByHandler(DomainError):
    """Whoever handled the case does not call back about it, nor judge an appeal, nor undo either."""

    kind, code, title = ErrorKind.FORBIDDEN, "rectification_by_handler", "经办人不得回访、复核自己经办的办件或撤销之"
    advice = "请由其他人员办理"


class RectificationSamePerson(DomainError):
    """Two of us: who put it right does not check it, who appealed does not review it."""

    kind, code, title = ErrorKind.FORBIDDEN, "rectification_same_person", "整改与核实、申诉与复核不得为同一人"
    advice = "请由另一人办理"


class CallNotTriedEnough(DomainError):
    """Whoever rated counts as not reached after three calls that nobody answered."""

    kind, code, title = ErrorKind.CONFLICT, "call_not_tried_enough", "未接通不足三次，不能登记为未能联系"
    advice = "请继续回访，未接通的先逐次登记"


class AppealedAlready(DomainError):
    """An appeal was reviewed: the review stands."""

    kind, code, title = ErrorKind.CONFLICT, "appealed_already", "该评价已经申诉复核"
    advice = "复核结论为最终结论；重新整改后发现新情况的，可另行申诉"


class RectificationNothingToUndo(DomainError):
    """There is no step that somebody took."""

    kind, code, title = ErrorKind.CONFLICT, "rectification_nothing_to_undo", "没有可以撤销的步骤"
    advice = "请刷新后查看办理过程"


def require_allowed(status: str, action: RectificationAction) -> Rule:
    """The rule by which an action is taken. Raises `RectificationTransitionError`."""
    rule = LIFECYCLE[action]
    if RectificationStatus(status) not in rule.origins:
        raise RectificationTransitionError
    return rule
