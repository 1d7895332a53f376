"""Rules of escalation (升级规则): what they measure, whom they call, and which instants they concern."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared.auth.roles import Role
from shared.clock import SHANGHAI, business_day
from shared.contracts.grid.escalations import EscalationMetric
from shared.contracts.severity import Severity
from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.reference.named_code import NamedCode
from shared.workdays import ONE_DAY, WorkingCalendar
from shared.worktime import ClockUnit, Hours, is_at_work, shifted

LEVELS = range(1, 6)
MOST: dict[ClockUnit, int] = {
    ClockUnit.WORK_HOUR: 500,
    ClockUnit.WORK_DAY: 60,
    ClockUnit.HOUR: 2_000,
    ClockUnit.DAY: 90,
}
"""The longest threshold by unit: about a quarter."""


class Receiver(NamedCode):
    """Before whom an escalation is brought: a role in the incident's area or above it, or its unit's department."""

    GRID_HEAD = Role.GRID_HEAD.value, Role.GRID_HEAD.label
    VILLAGE_CLERK = Role.VILLAGE_CLERK.value, Role.VILLAGE_CLERK.label
    TOWN_OFFICER = Role.TOWN_OFFICER.value, Role.TOWN_OFFICER.label
    DEPARTMENT_OFFICER = Role.DEPARTMENT_OFFICER.value, Role.DEPARTMENT_OFFICER.label
    COUNTY_OFFICER = Role.COUNTY_OFFICER.value, Role.COUNTY_OFFICER.label


class RuleStatus(NamedCode):
    """Where a rule stands."""

    IN_FORCE = "in_force", "启用"
    RETIRED = "retired", "停用"


TRANSITIONS: dict[RuleStatus, frozenset[RuleStatus]] = {
    RuleStatus.IN_FORCE: frozenset({RuleStatus.IN_FORCE, RuleStatus.RETIRED}),
    RuleStatus.RETIRED: frozenset({RuleStatus.IN_FORCE}),
}


@dataclass(frozen=True)
class RuleTerms:
    """What a rule says. `category`, `severity`: only of these; None: of all. `around_the_clock`: also at night."""

    metric: EscalationMetric
    threshold: int
    unit: ClockUnit
    level: int
    receiver: Receiver
    category: str | None = None
    severity: Severity | None = None
    around_the_clock: bool = False


class RuleTransitionError(DomainError):
    """The table does not allow the step from where the rule is."""

    kind, code, title = ErrorKind.CONFLICT, "escalation_rule_transition_not_allowed", "升级规则当前状态不允许此操作"
    advice = "请刷新查看规则现在的状态"


class RuleKnown(DomainError):
    """The same rule is active already: everybody would be called twice."""

    kind, code, title = ErrorKind.CONFLICT, "escalation_rule_known", "已有相同的升级规则"
    advice = "请修改或停用原有规则"


def require_transition(present: RuleStatus, to: RuleStatus) -> None:
    """Raises `RuleTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[present]:
        raise RuleTransitionError


def check(terms: RuleTerms) -> None:
    """Raise `Invalid` with everything that is wrong with a rule."""
    errors: list[FieldError] = []
    least = 1 if terms.metric is EscalationMetric.BEFORE_DUE else 0
    if not least <= terms.threshold <= MOST[terms.unit]:
        errors.append(
            FieldError("threshold", "range", f"阈值须在 {least} 至 {MOST[terms.unit]} {terms.unit.label}之间")
        )
    without_unit = (EscalationMetric.UNFILED, EscalationMetric.UNASSIGNED)
    if terms.receiver is Receiver.DEPARTMENT_OFFICER and terms.metric in without_unit:
        errors.append(FieldError("receiver", "no_department_yet", "未派遣的事件没有承办部门，请选择其他接收岗位"))
    if errors:
        raise Invalid(errors=errors)


def received_by(receiver: Receiver, area: str, department: str | None) -> Receiver:
    """Before whom an incident is really brought: what lies in no grid has no head, what has no unit no department."""
    if receiver is Receiver.GRID_HEAD and len(area) < 15:
        return Receiver.VILLAGE_CLERK
    if receiver is Receiver.DEPARTMENT_OFFICER and department is None:
        return Receiver.TOWN_OFFICER
    return receiver


def reached(base: datetime, terms: RuleTerms, calendar: WorkingCalendar, hours: Hours) -> datetime:
    """When the time of a rule has run out for an incident whose clock began, or is due, at `base`."""
    before = terms.metric is EscalationMetric.BEFORE_DUE
    return shifted(base, terms.threshold, terms.unit, calendar, before=before, hours=hours)


def latest_base(terms: RuleTerms, now: datetime, calendar: WorkingCalendar, hours: Hours) -> datetime:
    """The instant before which the clock must have begun, so that the rule's time has run out by `now`.

    For a rule before the deadline: the instant before which that must lie. The inverse of `reached`, so that one
    comparison in the database finds exactly the incidents that are concerned.
    """
    if terms.metric is EscalationMetric.BEFORE_DUE:
        return _latest_due(terms, now, calendar, hours)
    if terms.threshold == 0 or terms.unit in (ClockUnit.HOUR, ClockUnit.WORK_HOUR):
        begun = shifted(now, terms.threshold, terms.unit, calendar, before=True, hours=hours)
        rests = terms.threshold and terms.unit is ClockUnit.WORK_HOUR and not is_at_work(now - _TICK, calendar, hours)
        return begun + _TICK if rests else begun  # its last hour ended with the work, before `now`
    day = business_day(now)  # a day that still lasts has not run out
    if terms.unit is ClockUnit.DAY:
        return _midnight(day - terms.threshold * ONE_DAY)
    left = terms.threshold
    while left:
        day -= ONE_DAY
        left -= calendar.is_working_day(day)
    return _midnight(day)


def _latest_due(terms: RuleTerms, now: datetime, calendar: WorkingCalendar, hours: Hours) -> datetime:
    end = shifted(now, terms.threshold, terms.unit, calendar, before=False, hours=hours)
    match terms.unit:
        case ClockUnit.HOUR:
            return end + _TICK
        case ClockUnit.WORK_HOUR:
            if is_at_work(now, calendar, hours):
                return _next_work(end, calendar, hours) + _TICK
            return end  # the first hour that is counted begins with the next work, after `now`
        case _:
            return _midnight(business_day(end) + ONE_DAY)


_TICK = timedelta(microseconds=1)


def _next_work(at: datetime, calendar: WorkingCalendar, hours: Hours) -> datetime:
    """When people are at work next, if they are not at work at `at`."""
    if is_at_work(at, calendar, hours):
        return at
    local = at.astimezone(SHANGHAI)
    day = local.date()
    while True:
        for begin in _begins(day, calendar, hours):
            if begin >= local:
                return begin
        day += ONE_DAY


def _begins(day: date, calendar: WorkingCalendar, hours: Hours) -> Sequence[datetime]:
    if not calendar.is_working_day(day):
        return ()
    return [datetime.combine(day, shift.start, SHANGHAI) for shift in hours(day)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
