"""Rules of warnings (预警规则): which limit, how long before or after its end, in which colour, for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from services.services_hall.cases.domain.limits import TELL_WITHIN
from shared.clock import SHANGHAI
from shared.contracts.services_hall.case_warnings import WarningColour, WarningMetric, WarningStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode
from shared.workdays import WorkingCalendar
from shared.worktime import LAST_SECOND, ClockUnit, shifted

MOST_LEVELS, MOST_AMOUNT = 9, 200
SHIPPED = "shipped"
FARTHEST = timedelta(days=2 * 366)
"""No limit that a rule speaks of ends so far from now: beyond it the search stops."""


class WarningTiming(NamedCode):
    """On which side of the end a rule warns."""

    BEFORE = "before", "到期前"
    AFTER = "after", "超期后"


class WarningRuleStatus(NamedCode):
    """Where a rule stands."""

    SET = "set", "已设定"
    WITHDRAWN = "withdrawn", "已撤回"


TRANSITIONS: Mapping[WarningStatus, frozenset[WarningStatus]] = {
    WarningStatus.RAISED: frozenset({WarningStatus.ACKNOWLEDGED}),
    WarningStatus.ACKNOWLEDGED: frozenset({WarningStatus.RAISED}),
}


@dataclass(frozen=True, slots=True)
class WarningRule:
    """A rule as stored. It holds from `effective_on`, until it is withdrawn."""

    id: UUID
    version: int
    metric: str
    timing: str
    amount: int
    unit: str
    level: int
    colour: str
    receiver: str
    source: str
    effective_on: date
    status: str
    set_by: str
    set_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WarningFilter:
    """What a list of warnings and its count ask for."""

    status: WarningStatus | None = None
    colour: WarningColour | None = None


class WarningRuleKnown(DomainError):
    """A rule of the same metric and level holds."""

    kind, code, title = ErrorKind.CONFLICT, "warning_rule_known", "该指标的这一级别已有预警规则"
    advice = "请先撤回原规则，或另选级别"


class WarningRuleWithdrawn(DomainError):
    kind, code, title = ErrorKind.CONFLICT, "warning_rule_withdrawn", "该预警规则已撤回"
    advice = "需要的，请另行设定"


class WarningRuleNotAhead(DomainError):
    """A rule warns about nothing of yesterday."""

    kind, code, title = ErrorKind.INVALID, "warning_rule_not_ahead", "预警规则不得从过去的日期起执行"
    advice = "请填写今天或今后的执行日"


class CaseWarningTransitionError(DomainError):
    """The warning is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "case_warning_transition_not_allowed", "预警当前状态不允许此操作"
    advice = "请刷新后查看现在的状态"


def require_transition(present: str, to: WarningStatus) -> None:
    """Raises `CaseWarningTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[WarningStatus(present)]:
        raise CaseWarningTransitionError


def fires(rule: WarningRule, end: date, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether a limit that ends with this day is warned about by now: the rule's instant has come.

    An end is inclusive: `after` 0 of any unit begins with the next day.
    """
    last = datetime.combine(end, LAST_SECOND, SHANGHAI)
    before = rule.timing == WarningTiming.BEFORE
    at = shifted(last, rule.amount, ClockUnit(rule.unit), calendar, before=before)
    return now >= (at if before else at + timedelta(seconds=1))


def last_end(rule: WarningRule, now: datetime, calendar: WorkingCalendar) -> date:
    """The latest end of a limit about which the rule warns by now: every earlier one is warned about too.

    The instant of a rule never moves back when the end moves on, so that this is found by halving.
    """
    today = now.astimezone(SHANGHAI).date()
    low, high = today - FARTHEST, today + FARTHEST
    while low < high:
        middle = low + timedelta(days=(high - low).days // 2 + (high - low).days % 2)
        if fires(rule, middle, now, calendar):
            low = middle
        else:
            high = middle - timedelta(days=1)
    return low


def last_start(end: date, days: int, calendar: WorkingCalendar) -> date:
    """The latest day from which so many working days end by a day."""
    day = end
    while calendar.add(day, days).day > end:
        day -= timedelta(days=1)
    return day


def begin_after(day: date) -> datetime:
    """The first instant after a day."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def due_of(metric: str, since: date, calendar: WorkingCalendar) -> date:
    """The last day to tell what is missing, of papers received on a day. Other metrics have a date of their own."""
    assert metric == WarningMetric.TELLING, metric
    return calendar.add(since, TELL_WITHIN).day
