"""Agencies (代办件): the seven steps as one table, who takes each of them, and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.contracts.services_hall.agencies import AgencyStatus, CallBackOutcome
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

ENTRUSTED, ACCEPTED, HANDLING = AgencyStatus.ENTRUSTED, AgencyStatus.ACCEPTED, AgencyStatus.HANDLING
DELIVERED, ARCHIVED, REPORTED = AgencyStatus.DELIVERED, AgencyStatus.ARCHIVED, AgencyStatus.REPORTED
CALLED_BACK, DECLINED, REVOKED = AgencyStatus.CALLED_BACK, AgencyStatus.DECLINED, AgencyStatus.REVOKED

CARRIED: frozenset[AgencyStatus] = frozenset({ENTRUSTED, ACCEPTED, HANDLING})
"""In the hands of an agent: what a revocation ends, and what an agent leaves to somebody else."""
UNFINISHED: frozenset[AgencyStatus] = CARRIED | {DELIVERED, ARCHIVED, REPORTED}
"""Statuses in which one of the seven steps is to come. A case has one such agency."""
MOST_VISITS = 30
FORWARD_DAYS = 3
"""Working days within which an agent forwards what was accepted: rules of counties; the hall's setting says which."""


class AgencyStep(NamedCode):
    """What was done with an agency."""

    ENTRUST = "entrust", "委托"
    ACCEPT = "accept", "受理"
    DECLINE = "decline", "不予代办"
    FORWARD = "forward", "报送办理"
    DELIVER = "deliver", "送达"
    ARCHIVE = "archive", "归档"
    REPORT = "report", "上报"
    CALL_BACK = "call_back", "回访"
    REASSIGN = "reassign", "改派"
    ARRANGE_VISIT = "arrange_visit", "预约上门"
    VISIT = "visit", "上门办理"
    CANCEL_VISIT = "cancel_visit", "取消上门"
    REVOKE = "revoke", "撤销委托"
    RESTORE = "restore", "恢复委托"
    UNDO = "undo", "撤销上一步"
    RESCHEDULE = "reschedule", "重算时限"
    BOUNDARY = "boundary", "区划调整"


class DeclineReason(NamedCode):
    """Why an agent does not carry it."""

    ENTERED_WRONG = "entered_wrong", "误登"
    IN_PERSON = "in_person", "依法须本人亲自办理"
    NOT_IN_SCOPE = "not_in_scope", "不在代办范围"
    PAPERS_INCOMPLETE = "papers_incomplete", "材料不齐，本人暂不补"


class AgencyDesk(NamedCode):
    """Which agencies of a worklist."""

    MINE = "mine", "由我办理（含替岗）"
    FORWARDING_OVERDUE = "forwarding_overdue", "报送超期"
    VISITS_DUE = "visits_due", "今日及逾期上门"
    CALL_BACKS = "call_backs", "待回访"


class Taker(StrEnum):
    """Who takes a step, beside having its permission where the case's counter is."""

    ACTING = "acting"  # who carries it today: the agent, or who stands in
    ANYBODY = "anybody"
    OTHER = "other"  # anybody but who carries it


@dataclass(frozen=True, slots=True)
class Rule:
    """Rule of a step. `to`: where it leads; None: the status stays."""

    origins: frozenset[AgencyStatus]
    to: AgencyStatus | None
    permission: str
    taker: Taker = Taker.ACTING


CARRY, SUPERVISE, READ = "agency.carry", "agency.supervise", "agency.read"

STEPS: Mapping[AgencyStep, Rule] = {
    AgencyStep.ACCEPT: Rule(frozenset({ENTRUSTED}), ACCEPTED, CARRY),
    AgencyStep.DECLINE: Rule(frozenset({ENTRUSTED}), DECLINED, CARRY),
    AgencyStep.FORWARD: Rule(frozenset({ACCEPTED}), HANDLING, CARRY),
    AgencyStep.DELIVER: Rule(frozenset({ACCEPTED, HANDLING}), DELIVERED, CARRY),
    AgencyStep.ARCHIVE: Rule(frozenset({DELIVERED}), ARCHIVED, CARRY, Taker.ANYBODY),
    AgencyStep.REPORT: Rule(frozenset({ARCHIVED}), REPORTED, CARRY, Taker.ANYBODY),
    AgencyStep.CALL_BACK: Rule(frozenset({REPORTED}), CALLED_BACK, SUPERVISE, Taker.OTHER),
    AgencyStep.REASSIGN: Rule(CARRIED, None, SUPERVISE, Taker.ANYBODY),
    AgencyStep.ARRANGE_VISIT: Rule(CARRIED, None, CARRY),
    AgencyStep.VISIT: Rule(CARRIED, None, CARRY),
    AgencyStep.CANCEL_VISIT: Rule(CARRIED | {DELIVERED}, None, CARRY, Taker.ANYBODY),
}
"""THE steps. An authorisation that is revoked ends what is carried; `undo` takes back whatever was done last."""


class AgencyTransitionError(DomainError):
    """The agency is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "agency_transition_not_allowed", "代办件当前状态不允许此操作"
    advice = "请刷新后查看现在的状态"


class AgencyKnown(DomainError):
    """The case is in an agent's hands."""

    kind, code, title = ErrorKind.CONFLICT, "agency_known", "该办件已委托代办，尚未办结"
    advice = "请查看已有的代办件；需要更换代办员的，办理改派"


class AgencyCaseEnded(DomainError):
    """The matter itself is at an end: nothing is left to carry."""

    kind, code, title = ErrorKind.CONFLICT, "agency_case_ended", "办件已经办结或终止，不能再委托代办"
    advice = "请核对办件；需要送达的，由窗口办理"


class AgencyCaseOpen(DomainError):
    """The case has no result yet that could be brought to the applicant."""

    kind, code, title = ErrorKind.CONFLICT, "agency_case_open", "办件尚无结果，不能登记送达"
    advice = "请等待办件办结、不予受理或撤回后再登记"


class AuthorisationOfOther(DomainError):
    """The authorisation is another applicant's, or not for this item."""

    kind, code, title = ErrorKind.CONFLICT, "authorisation_of_other", "委托书不是本办件申请人签署的，或不包括本事项"
    advice = "请登记本办件申请人对本事项的委托"


class AgencyNotYours(DomainError):
    """Another agent carries it today."""

    kind, code, title = ErrorKind.FORBIDDEN, "agency_not_yours", "该代办件今天由其他代办员办理"
    advice = "请由承办或替岗的代办员操作；需要更换的，办理改派"


class CallBackByAgent(DomainError):
    """Whoever carried it does not ask how it was."""

    kind, code, title = ErrorKind.FORBIDDEN, "call_back_by_agent", "代办员不得回访自己代办的件"
    advice = "请由其他人员回访"


class AgencyDatesWrong(DomainError):
    """A delivery or a visit of tomorrow, or one before it was entrusted; a visit that is arranged for yesterday."""

    kind, code, title = (
        ErrorKind.INVALID,
        "agency_dates_wrong",
        "日期不正确：已发生的不得晚于今天或早于委托，预约的不得早于今天",
    )
    advice = "请核对日期"


class OriginalsOutstanding(DomainError):
    """An original is out that was neither returned, nor is it lost and the applicant told."""

    kind, code, title = ErrorKind.CONFLICT, "originals_outstanding", "尚有原件未归还本人"
    advice = "请先归还原件；遗失的，登记遗失并告知本人"


class VisitPending(DomainError):
    """A home visit is arranged, and neither made nor called off."""

    kind, code, title = ErrorKind.CONFLICT, "visit_pending", "已预约上门，尚未办理或取消"
    advice = "请先登记上门结果，或取消预约"


class VisitNotArranged(DomainError):
    """No home visit is arranged."""

    kind, code, title = ErrorKind.CONFLICT, "visit_not_arranged", "没有预约上门"
    advice = "请刷新后查看"


class VisitNotDue(DomainError):
    """The address is shown from the day of the visit on, until it was made or called off."""

    kind, code, title = ErrorKind.CONFLICT, "agency_visit_not_due", "未到上门日，或没有预约上门，不显示地址"
    advice = "请在预约的上门日查看地址"


class VisitToErased(DomainError):
    """The applicant's data were erased: a door would outlive them."""

    kind, code, title = ErrorKind.CONFLICT, "agency_applicant_erased", "申请人信息已清除，不能再预约上门"
    advice = "请登记送达或归档；需要联系本人的，由窗口办理"


class VisitsTooMany(DomainError):
    """An agency has as many home visits as it can hold."""

    kind, code, title = ErrorKind.CONFLICT, "visits_too_many", "一件代办件最多登记 30 次上门"
    advice = "请核对上门记录"


class CallBackUnclear(DomainError):
    """Whether money was taken is asked of everybody who was reached, and of nobody else."""

    kind, code, title = ErrorKind.INVALID, "call_back_unclear", "联系到本人的，须询问是否被收费；未能联系的不填"
    advice = "请填写是否被收费"


class AgencyNothingToUndo(DomainError):
    """The last thing done to it is no step of somebody that can be taken back here."""

    kind, code, title = ErrorKind.CONFLICT, "agency_nothing_to_undo", "没有可以撤销的步骤"
    advice = "误登的委托，由代办员选择不予代办；随委托撤销终止的，请撤销委托操作"


@dataclass(frozen=True, slots=True)
class AgencyFilter:
    """What a list of agencies and its count ask for. `account`, `today`: of who asks, for the desks."""

    account: str
    today: date
    status: AgencyStatus | None = None
    desk: AgencyDesk | None = None


def require_allowed(status: str, step: AgencyStep, subject: object = None) -> Rule:
    """The rule by which a step is taken in a status. Raises `AgencyTransitionError` if the table has none."""
    rule = STEPS[step]
    if AgencyStatus(status) not in rule.origins:
        raise AgencyTransitionError(subject)
    return rule


def require_asked(outcome: CallBackOutcome, *, charged: bool | None) -> None:
    """Raises `CallBackUnclear`."""
    if (outcome is CallBackOutcome.UNREACHED) != (charged is None):
        raise CallBackUnclear.at("charged")
