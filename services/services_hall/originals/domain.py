"""Custody of originals (原件保管): the steps as one table, who takes each of them, and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.contracts.services_hall.originals import OriginalStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

HELD, SENT, RETURNED = OriginalStatus.HELD, OriginalStatus.SENT, OriginalStatus.RETURNED
LOST, ANNULLED = OriginalStatus.LOST, OriginalStatus.ANNULLED
OUT: frozenset[OriginalStatus] = frozenset({HELD, SENT, LOST})
"""Statuses in which somebody answers for it."""
MOST_ORIGINALS = 20
"""Originals of one agency."""


class OriginalKind(NamedCode):
    """What kind of paper it is."""

    IDENTITY_CARD = "identity_card", "居民身份证"
    HOUSEHOLD_REGISTER = "household_register", "居民户口簿"
    MARRIAGE_CERTIFICATE = "marriage_certificate", "结婚证或离婚证"
    BIRTH_CERTIFICATE = "birth_certificate", "出生医学证明"
    DISABILITY_CERTIFICATE = "disability_certificate", "残疾人证"
    SOCIAL_SECURITY_CARD = "social_security_card", "社会保障卡"
    PROPERTY_CERTIFICATE = "property_certificate", "不动产权证书"
    LAND_CONTRACT = "land_contract", "土地承包经营权证"
    DIPLOMA = "diploma", "学历学位证书"
    MEDICAL_RECORD = "medical_record", "病历或诊断证明"
    CONTRACT = "contract", "合同、协议"
    OTHER = "other", "其他原件"


class OriginalStep(NamedCode):
    """What was done with an original."""

    RECEIVE = "receive", "收讫"
    HAND_OVER = "hand_over", "移交"
    TAKE = "take", "签收"
    DECLINE = "decline", "拒收"
    RETURN = "return", "归还"
    LOSE = "lose", "登记遗失"
    TELL_LOSS = "tell_loss", "告知遗失"
    FIND = "find", "找回"
    ANNUL = "annul", "作废"
    UNDO = "undo", "撤销上一步"
    BOUNDARY = "boundary", "区划调整"


class OriginalDesk(NamedCode):
    """Which originals of a list."""

    MINE = "mine", "由我保管"
    ARRIVING = "arriving", "待本单位签收"
    LOST_UNTOLD = "lost_untold", "遗失未告知本人"


class Taker(StrEnum):
    """Who takes a step, beside having the permission at the place that is named."""

    HOLDER = "holder"  # the login that answers for it
    RECEIVER = "receiver"  # another login, of the office to which it was sent
    COUNTER = "counter"  # anybody at the counter of the case


@dataclass(frozen=True, slots=True)
class Rule:
    """Rule of a step. `to`: where it leads; None: the status stays."""

    origins: frozenset[OriginalStatus]
    to: OriginalStatus | None
    taker: Taker = Taker.HOLDER


HOLD, READ, SUPERVISE = "original.hold", "agency.read", "agency.supervise"

STEPS: Mapping[OriginalStep, Rule] = {
    OriginalStep.HAND_OVER: Rule(frozenset({HELD}), SENT),
    OriginalStep.TAKE: Rule(frozenset({SENT}), HELD, Taker.RECEIVER),
    OriginalStep.DECLINE: Rule(frozenset({SENT}), HELD, Taker.RECEIVER),
    OriginalStep.RETURN: Rule(frozenset({HELD}), RETURNED),
    OriginalStep.LOSE: Rule(frozenset({HELD, SENT}), LOST),
    OriginalStep.TELL_LOSS: Rule(frozenset({LOST}), None, Taker.COUNTER),
    OriginalStep.FIND: Rule(frozenset({LOST}), HELD),
    OriginalStep.ANNUL: Rule(frozenset({HELD}), ANNULLED),
}
"""THE steps. What is sent is its sender's until it is taken: never two holders, never none."""

RECEIPTED: frozenset[OriginalStep] = frozenset({OriginalStep.RECEIVE, OriginalStep.TAKE, OriginalStep.RETURN})
"""Steps by which it goes from one hand into another: each has its receipt."""


class OriginalTransitionError(DomainError):
    """The original is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "original_transition_not_allowed", "原件当前状态不允许此操作"
    advice = "请刷新后查看原件现在的状态"


class OriginalNotHeld(DomainError):
    """Somebody else answers for it."""

    kind, code, title = ErrorKind.FORBIDDEN, "original_not_held", "该原件不在您手中，不能移交、归还或登记遗失"
    advice = "请由原件的保管人操作；原件已到您手中的，请先由保管人移交、您签收"


class OriginalHandedToOneself(DomainError):
    """Who handed it over does not take it: a receipt has two sides."""

    kind, code, title = ErrorKind.CONFLICT, "original_handed_to_oneself", "移交人不能自己签收"
    advice = "请由接收单位的其他人员签收；误登移交的，请撤销"


class OriginalPlaceWrong(DomainError):
    """An original goes to an office of the same county."""

    kind, code, title = ErrorKind.INVALID, "original_place_wrong", "接收单位不正确：须在本县范围内"
    advice = "请核对接收单位的区划和部门"


class OriginalDatesWrong(DomainError):
    """A day ahead, or one before it was received."""

    kind, code, title = ErrorKind.INVALID, "original_dates_wrong", "日期不正确：不得早于收讫日或晚于今天"
    advice = "请核对日期"


class OriginalAgencyEnded(DomainError):
    """The agency is at an end: no original is received or brought back into custody."""

    kind, code, title = ErrorKind.CONFLICT, "original_agency_ended", "代办件已终止或归档，不能再收取原件"
    advice = "请核对代办件；已归档的，先撤销归档"


class OriginalsTooMany(DomainError):
    """An agency has as many originals as it can hold."""

    kind, code, title = ErrorKind.CONFLICT, "originals_too_many", "一件代办件最多登记 20 件原件"
    advice = "请核对已登记的原件"


class OriginalNothingToUndo(DomainError):
    """Nothing but its receipt was entered."""

    kind, code, title = ErrorKind.CONFLICT, "original_nothing_to_undo", "没有可以撤销的步骤"
    advice = "收讫误登的，请作废"


@dataclass(frozen=True, slots=True)
class OriginalFilter:
    """What a list of originals and its count ask for. `account`: of who asks."""

    account: str
    status: OriginalStatus | None = None
    agency: UUID | None = None
    desk: OriginalDesk | None = None


def require_allowed(status: str, step: OriginalStep, subject: object = None) -> Rule:
    """The rule by which a step is taken in a status. Raises `OriginalTransitionError` if the table has none."""
    rule = STEPS[step]
    if OriginalStatus(status) not in rule.origins:
        raise OriginalTransitionError(subject)
    return rule
