"""Cases (办件): statuses, allowed moves, refusals."""

from shared.contracts.services_hall.cases import CaseStatus
from shared.errors import DomainError, ErrorKind, FieldError, ReasonNotExpected, ReasonRequired
from shared.reference.named_code import NamedCode

ACCEPTED, CLOSED, DECIDED, RECEIVED, REFUSED, SUBMITTED, WITHDRAWN = (
    CaseStatus.ACCEPTED,
    CaseStatus.CLOSED,
    CaseStatus.DECIDED,
    CaseStatus.RECEIVED,
    CaseStatus.REFUSED,
    CaseStatus.SUBMITTED,
    CaseStatus.WITHDRAWN,
)

TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    SUBMITTED: frozenset({RECEIVED, WITHDRAWN}),
    RECEIVED: frozenset({ACCEPTED, REFUSED, WITHDRAWN}),
    ACCEPTED: frozenset({DECIDED, WITHDRAWN}),
    DECIDED: frozenset({CLOSED}),
    CLOSED: frozenset(),
    REFUSED: frozenset(),
    WITHDRAWN: frozenset(),
}

OPEN: frozenset[CaseStatus] = frozenset(status for status, next_ in TRANSITIONS.items() if next_)
"""Statuses from which the case still moves."""


class RefusalReason(NamedCode):
    """Why an application is not accepted (不予受理; 行政许可法 32, 78)."""

    NOT_IN_AUTHORITY = "not_in_authority", "不属于本机关职权范围"
    NOT_REQUIRED = "not_required", "依法不需要办理该事项"
    MATERIALS_MISSING = "materials_missing", "申请材料不齐全"
    MATERIALS_IMPROPER = "materials_improper", "申请材料不符合法定形式"
    MATERIALS_FALSE = "materials_false", "隐瞒情况或提供虚假材料"
    NOT_ELIGIBLE = "not_eligible", "申请人不具备申请资格"
    APPLIED_ALREADY = "applied_already", "同一事项已受理或已办结"
    BARRED = "barred", "在不得再次申请的期限内"
    OTHER = "other", "其他（理由见文书）"


class DenialReason(NamedCode):
    """Why what was applied for is not granted (不予许可; 行政许可法 38, 57, 78)."""

    CONDITIONS_NOT_MET = "conditions_not_met", "不符合法定条件、标准"
    MEANS_EXCEEDED = "means_exceeded", "家庭收入或财产超过规定标准"
    INSPECTION_FAILED = "inspection_failed", "实地核查或检验检测不合格"
    MATERIALS_FALSE = "materials_false", "隐瞒情况或提供虚假材料"
    QUOTA_EXHAUSTED = "quota_exhausted", "名额或指标已用完"
    OTHER = "other", "其他（理由见文书）"


class CaseTransitionError(DomainError):
    """The case is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "case_transition_not_allowed", "办件当前状态不允许此操作"
    advice = "请刷新查看办件现在的状态和可做的操作"


class ItemDoesNotAccept(DomainError):
    """The item has no published version, or is not accepted at this level of area."""

    kind, code, title = ErrorKind.CONFLICT, "item_not_accepted_here", "该事项未发布或不在本级受理"
    advice = "请查看办事指南中的受理层级，转到相应窗口办理"


class UnknownCounter(DomainError):
    """The counter's area is not in force."""

    kind, code, title = ErrorKind.INVALID, "unknown_area", "行政区划代码不存在或已撤销"
    advice = "请核对区划代码，已撤销的改用其承接区划"


class ExtractRefused(DomainError):
    """The extract is forged, expired, meant for another service, or says too little."""

    kind, code, title = ErrorKind.INVALID, "extract_not_valid", "身份摘要无效或已过期"
    advice = "请为申请人重新开具身份摘要后再提交"


class ExtractForOtherUse(DomainError):
    """The extract was made for another purpose than a case, or for another counter."""

    kind, code, title = ErrorKind.INVALID, "extract_for_other_use", "身份摘要的用途或受理地与本次办件不符"
    advice = "请按本受理地、办件用途重新开具身份摘要"


class ExtractUsed(DomainError):
    """The extract has opened a case already."""

    kind, code, title = ErrorKind.CONFLICT, "extract_used", "身份摘要已用于另一办件"
    advice = "一份身份摘要只能办理一件，请重新开具"


def require_transition(status: CaseStatus, to: CaseStatus, subject: object = None) -> None:
    """Raise `CaseTransitionError` unless a case in `status` may move to `to`."""
    if to not in TRANSITIONS[status]:
        raise CaseTransitionError(subject)


def require_reason(*, granted: bool, reason: DenialReason | None, subject: object = None) -> None:
    """What is not granted has a reason, what is granted has none. Raises `ReasonRequired`, `ReasonNotExpected`."""
    if not granted and reason is None:
        raise ReasonRequired(subject, errors=[FieldError("reason", "missing", "不予许可须说明理由")])
    if granted and reason is not None:
        raise ReasonNotExpected(
            subject, errors=[FieldError("reason", "unexpected", "准予许可的，不填写不予许可的理由")]
        )


def case_number(item_code: str, day: str, serial: int) -> str:
    """办件编号: item code, day as YYYYMMDD, daily serial of at least four digits (GB/T 39554.1 sample: 31 + 8 + 4)."""
    return f"{item_code}{day}{serial:04d}"
