"""Lifecycle of a case (办件): which action is taken from which status, where it leads, who may, and where one asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.services_hall.cases.domain.refusals import CaseTransitionError
from shared.contracts.services_hall.cases import CaseStatus
from shared.reference.named_code import NamedCode

DRAFT, SUBMITTED, RECEIVED, SUPPLEMENT = (
    CaseStatus.DRAFT,
    CaseStatus.SUBMITTED,
    CaseStatus.RECEIVED,
    CaseStatus.SUPPLEMENT,
)
ACCEPTED, IN_REVIEW, SPECIAL, SUSPENDED = (
    CaseStatus.ACCEPTED,
    CaseStatus.IN_REVIEW,
    CaseStatus.SPECIAL,
    CaseStatus.SUSPENDED,
)
DECIDED, CLOSED, DELIVERED, ARCHIVED = (
    CaseStatus.DECIDED,
    CaseStatus.CLOSED,
    CaseStatus.DELIVERED,
    CaseStatus.ARCHIVED,
)
REFUSED, WITHDRAWN, EXPIRED = CaseStatus.REFUSED, CaseStatus.WITHDRAWN, CaseStatus.EXPIRED


class CaseAction(NamedCode):
    """What is done to a case."""

    DRAFT = "draft", "起草"
    SUBMIT = "submit", "提交"
    RECEIVE = "receive", "收件"
    NOTIFY = "notify", "一次性告知"
    SUPPLY = "supply", "补齐补正"
    ACCEPT = "accept", "受理"
    REFUSE = "refuse", "不予受理"
    BEGIN_REVIEW = "begin_review", "送审"
    PASS = "pass", "审查通过本环节"
    SEND_BACK = "send_back", "退回修改"
    HAND_OVER = "hand_over", "移交"
    TAKE = "take", "签收移交"
    DECLINE = "decline", "退回移交"
    ASK_CONSENT = "ask_consent", "征求意见"
    ANSWER_CONSENT = "answer_consent", "答复意见"
    BEGIN_SPECIAL = "begin_special", "进入特别程序"
    SUSPEND = "suspend", "中止"
    RESUME = "resume", "恢复办理"
    EXTEND = "extend", "延期"
    DECIDE = "decide", "决定"
    CLOSE = "close", "办结"
    DELIVER = "deliver", "送达"
    ARCHIVE = "archive", "归档"
    WITHDRAW = "withdraw", "撤回"
    EXPIRE = "expire", "逾期终止"
    CHECK_MATERIAL = "check_material", "核对材料"
    ADD_PERSON = "add_person", "添加当事人"
    REMOVE_PERSON = "remove_person", "移除当事人"
    ENTER_EFFECT = "enter_effect", "填写登记事项"
    ASK_EFFECT = "ask_effect", "再次提请登记"
    EFFECT_ANSWERED = "effect_answered", "底册答复"
    UNDO = "undo", "撤销上一步"
    RESCHEDULE = "reschedule", "重算时限"
    BOUNDARY = "boundary", "区划调整"


class Place(StrEnum):
    """For which place (area and department) the permission of an action is asked."""

    COUNTER = "counter"  # the counter at which it was submitted, and the item's department
    HOLDER = "holder"  # where the file lies; nothing is done while it is on its way
    EITHER = "either"  # one of the two
    RECEIVER = "receiver"  # whom it was sent to
    ASKED = "asked"  # the department whose consent is asked


@dataclass(frozen=True, slots=True)
class Rule:
    """Rule of an action. `to`: the statuses it may lead to; empty: the status stays."""

    origins: frozenset[CaseStatus]
    to: frozenset[CaseStatus]
    permission: str
    place: Place = Place.HOLDER


def _rule(origins: str, to: str, permission: str, place: Place = Place.HOLDER) -> Rule:
    named = {status.value: status for status in CaseStatus}
    return Rule(
        frozenset(named[one] for one in origins.split()), frozenset(named[one] for one in to.split()), permission, place
    )


_BEFORE_DECISION = "draft submitted received supplement accepted in_review special suspended"
SUBMIT, HANDLE, DECIDE = "case.submit", "case.handle", "case.decide"

LIFECYCLE: Mapping[CaseAction, Rule] = {
    CaseAction.SUBMIT: _rule("draft", "submitted", SUBMIT, Place.COUNTER),
    CaseAction.RECEIVE: _rule("submitted", "received", HANDLE),
    CaseAction.NOTIFY: _rule("received", "supplement", HANDLE),
    CaseAction.SUPPLY: _rule("supplement", "received", HANDLE, Place.EITHER),
    CaseAction.ACCEPT: _rule("received", "accepted", HANDLE),
    CaseAction.REFUSE: _rule("received", "refused", HANDLE),
    CaseAction.BEGIN_REVIEW: _rule("accepted", "in_review", HANDLE),
    CaseAction.PASS: _rule("in_review", "in_review", HANDLE),
    CaseAction.SEND_BACK: _rule("in_review", "in_review accepted", HANDLE),
    CaseAction.HAND_OVER: _rule("received accepted in_review", "", HANDLE),
    CaseAction.TAKE: _rule("received accepted in_review", "", HANDLE, Place.RECEIVER),
    CaseAction.DECLINE: _rule("received accepted in_review", "", HANDLE, Place.RECEIVER),
    CaseAction.ASK_CONSENT: _rule("accepted in_review", "", HANDLE),
    CaseAction.ANSWER_CONSENT: _rule("accepted in_review special suspended", "", HANDLE, Place.ASKED),
    CaseAction.BEGIN_SPECIAL: _rule("accepted in_review", "special", HANDLE),
    CaseAction.SUSPEND: _rule("accepted in_review", "suspended", HANDLE),
    CaseAction.RESUME: _rule("special suspended", "accepted in_review", HANDLE),
    CaseAction.EXTEND: _rule("accepted in_review", "", DECIDE),
    CaseAction.DECIDE: _rule("accepted in_review", "decided", DECIDE),
    CaseAction.CLOSE: _rule("decided", "closed", HANDLE, Place.EITHER),
    CaseAction.DELIVER: _rule("closed", "delivered", HANDLE, Place.EITHER),
    CaseAction.ARCHIVE: _rule("delivered refused withdrawn expired", "archived", HANDLE, Place.EITHER),
    CaseAction.WITHDRAW: _rule(_BEFORE_DECISION, "withdrawn", SUBMIT, Place.COUNTER),
    CaseAction.CHECK_MATERIAL: _rule(_BEFORE_DECISION, "", SUBMIT, Place.EITHER),
    CaseAction.ADD_PERSON: _rule(_BEFORE_DECISION, "", SUBMIT, Place.EITHER),
    CaseAction.REMOVE_PERSON: _rule(_BEFORE_DECISION, "", SUBMIT, Place.EITHER),
    CaseAction.ENTER_EFFECT: _rule(_BEFORE_DECISION, "", HANDLE, Place.EITHER),
    CaseAction.ASK_EFFECT: _rule("decided closed delivered archived", "", HANDLE, Place.EITHER),
}
"""THE lifecycle. Expiry (`expire`) and acceptance by silence are time's, `undo` takes back whatever was done last."""

EXPIRING: frozenset[CaseStatus] = frozenset({DRAFT, SUPPLEMENT})
"""Statuses that end by time."""

NOT_UNDONE: frozenset[CaseAction] = frozenset({CaseAction.SUBMIT, CaseAction.DECLINE})
"""What is told to somebody as it is done: what was submitted is withdrawn, what was declined is sent again."""

OPEN: frozenset[CaseStatus] = frozenset(CaseStatus) - {CLOSED, DELIVERED, ARCHIVED, REFUSED, WITHDRAWN, EXPIRED}
"""Statuses in which the matter itself is not at an end."""

RUNNING: frozenset[CaseStatus] = frozenset({ACCEPTED, IN_REVIEW, DECIDED})
"""Statuses in which a due date stands; in a special procedure and while suspended there is none."""


def require_allowed(status: CaseStatus, action: CaseAction, subject: object = None) -> Rule:
    """The rule by which `action` is taken in `status`. Raises `CaseTransitionError` if the table has none."""
    rule = LIFECYCLE[action]
    if status not in rule.origins:
        raise CaseTransitionError(subject)
    return rule
