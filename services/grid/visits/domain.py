"""Visits (走访): a plan that is a function of the newest states of a tag and its person."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NoReturn
from uuid import UUID

from services.grid.visit_rules.domain import VisitRuleTerms
from shared.contracts.envelope import Span
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.persons import PersonState, PersonStatus
from shared.contracts.registry.tags import RestrictedTagState, TagState
from shared.errors import DomainError, ErrorKind, FieldError
from shared.reference.named_code import NamedCode

TRANSITIONS: dict[VisitStatus, frozenset[VisitStatus]] = {
    VisitStatus.DUE: frozenset({VisitStatus.DONE, VisitStatus.CANCELLED}),
    VisitStatus.DONE: frozenset({VisitStatus.DUE}),
    VisitStatus.CANCELLED: frozenset(),
}

AnyTag = TagState | RestrictedTagState


class Finding(NamedCode):
    """What the visitor found: 正常, 需要帮助, 不在家. Who is absent was not visited: the visit stays due."""

    NORMAL = "normal", "正常"
    NEEDS_HELP = "needs_help", "需要帮助"
    ABSENT = "absent", "未见本人"


class VisitNotDue(DomainError):
    """It was recorded already, or cancelled when the tag ended."""

    kind, code, title = ErrorKind.CONFLICT, "visit_not_due", "走访任务已完成或已取消"
    advice = "请刷新走访任务，选择未完成的一项"


class VisitRecordWrong(DomainError):
    """The form of the visit is a record of the rule's ledger about the visited person, and of no other visit."""

    kind, code, title = ErrorKind.INVALID, "visit_record_wrong", "走访记录表不正确"
    advice = "规则指定了走访记录表的，请先在该台账中为走访对象登记一条记录，再填写其标识；没有指定的，不填"


class VisitRecordTaken(DomainError):
    """The record is the form of another visit."""

    kind, code, title = ErrorKind.CONFLICT, "visit_record_taken", "该记录已用于另一次走访"
    advice = "每次走访请单独登记一条记录"


class VisitNothingToTakeBack(DomainError):
    """Nothing was recorded, or a later visit of the same plan was paid since."""

    kind, code, title = ErrorKind.CONFLICT, "visit_nothing_to_take_back", "没有可以撤回的走访登记"
    advice = "只能撤回最近一次登记；之后已有走访的，请先撤回后一次"


def require_transition(present: VisitStatus, to: VisitStatus) -> None:
    """Raises `VisitNotDue` unless the table allows it."""
    if to not in TRANSITIONS[present]:
        raise VisitNotDue


class VisitDateInvalid(DomainError):
    """The visit would be paid after today, before the tag asks for it, or before the last one."""

    kind, code, title = ErrorKind.INVALID, "visit_date_invalid", "走访日期不正确"
    advice = "请填写不晚于今天、不早于标签开始日和上一次走访的日期"


def check_day(done_on: date, *, today: date, tag: AnyTag, last_done: date | None) -> None:
    """Day of a visit or an attempt: within the tag's days, not after today, not before the last visit.

    Raises `VisitDateInvalid`, which says which of these.
    """
    if done_on > today:
        _refuse_day("in_the_future", "走访日期不得晚于今天")
    if done_on < tag.started_on:
        _refuse_day("before_tag", "走访日期不得早于标签开始日")
    if tag.ended_on is not None and done_on >= tag.ended_on:
        _refuse_day("after_tag", "走访日期应在标签结束日之前")
    if last_done is not None and done_on < last_done:
        _refuse_day("before_last_visit", "走访日期不得早于上一次走访")


def _refuse_day(code: str, message: str) -> NoReturn:
    raise VisitDateInvalid(detail=message, errors=(FieldError("done_on", code, message),))


@dataclass(frozen=True)
class VisitFilter:
    """What a list shows of what its reader may see; None: everything."""

    area: str | None = None
    status: VisitStatus | None = None
    overdue: bool | None = None
    person_id: UUID | None = None
    worker: str | None = None
    missed: bool | None = None


def where_to_visit(tag: AnyTag, person: PersonState | None, today: date) -> str | None:
    """The area where the person is to be visited because of this tag; None if nobody is.

    The person's own state, if it is known, says where they live and whether they are there; else what the tag
    repeats of it. So the order in which the two arrive does not matter.
    """
    if tag.ended_on is not None and tag.ended_on <= today:
        return None
    if person is not None and person.status is not PersonStatus.ACTIVE:
        return None
    return home(person.residence if person is not None else tag.residence, today)


def home(residence: tuple[Span, ...], today: date) -> str | None:
    """The area of the residence span that holds today; None if none does, be it that all are over or not yet begun."""
    for span in reversed(residence):
        if span.start <= today and (span.end is None or span.end > today):
            return span.area
    return None


def homes_before(residence: tuple[Span, ...], today: date, due_on: date) -> list[dict[str, str]]:
    """Where the person lived from the day on which a visit was due until they came to where they live today.

    Of a visit that is not overdue, and of one overdue since they live there: nowhere else.
    """
    return [
        {"area": span.area, "until": span.end.isoformat()}
        for span in residence
        if span.end is not None and due_on < span.end <= today
    ]


def first_due(tag: AnyTag, rule: VisitRuleTerms, today: date) -> date:
    """A tag that begins later is visited after it began; one that began long ago is visited soon, not in the past."""
    return max(tag.started_on, today) + timedelta(days=rule.first_within_days)


def next_due(done_on: date, rule: VisitRuleTerms) -> date:
    """The next visit is due a rule's days after the last one."""
    return done_on + timedelta(days=rule.every_days)


def is_missed(due_on: date, rule: VisitRuleTerms | None, today: date) -> bool:
    """Whether a visit that is due still becomes an incident: more days after its day than the rule gives."""
    if rule is None or rule.missed_after_days is None:
        return False
    return today > due_on + timedelta(days=rule.missed_after_days)
