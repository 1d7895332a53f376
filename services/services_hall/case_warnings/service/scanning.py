"""Scan of open cases (预警扫描): each rule warns about each case once, the limit that ends first at first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.services_hall.case_warnings.domain import WarningRule, due_of, last_end, last_start
from services.services_hall.case_warnings.models import CaseWarning
from services.services_hall.case_warnings.repository.rules import WarningRuleRepository
from services.services_hall.case_warnings.repository.warnings import Near, WarningRepository
from services.services_hall.cases.domain.limits import TELL_WITHIN
from services.services_hall.cases.service.deadlines import Deadlines
from shared.clock import business_day, today
from shared.contracts.services_hall.case_warnings import (
    CaseWarningRaised,
    CaseWarningState,
    WarningMetric,
    WarningReceiver,
    WarningStatus,
)
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS
from shared.workdays import WorkingCalendar


class WarningScan:
    """One transaction of a scan, in a schedule of which one worker at a time runs.

    No rule waits for another: each warns about its own next cases. Whatever was not committed is found again by
    whoever comes next, because a warning that is missing is what a scan looks for.
    """

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._outbox = context.outbox
        self._deadlines = Deadlines(context.session)
        self._rules = WarningRuleRepository(context.session)
        self._warnings = WarningRepository(context.session)

    async def scan(self, limit: int) -> bool:
        """Warn about at most so many cases by each rule. True: there may be more."""
        now, more = self._clock.now(), False
        rules = await self._rules.in_force(today(self._clock))
        if not rules:
            return False
        calendar = await self._deadlines.calendar()
        for rule in rules:
            raised = await self._raise(rule, now, calendar, limit)
            more = more or len(raised) == limit
        return more

    async def _raise(
        self, rule: WarningRule, now: datetime, calendar: WorkingCalendar, limit: int
    ) -> Sequence[CaseWarning]:
        metric = WarningMetric(rule.metric)
        last = last_end(rule, now, calendar)
        if metric is WarningMetric.TELLING:
            last = last_start(last, TELL_WITHIN, calendar)
        near = await self._warnings.near(rule.id, metric, last, limit)
        if not near:
            return []
        raised = await self._warnings.add([_row(rule, one, now, calendar) for one in near])
        for one in raised:
            self._outbox.add(CaseWarningRaised(state=CaseWarningState.model_validate(one)))
        return raised


def _row(rule: WarningRule, near: Near, now: datetime, calendar: WorkingCalendar) -> dict[str, Any]:
    area, department = _receiver(WarningReceiver(rule.receiver), near)
    due_on = near.due_on
    if due_on is None:
        assert near.since is not None, "one of the two"
        due_on = due_of(rule.metric, business_day(near.since), calendar)
    return {
        "id": new_id(),
        "version": 1,
        "case_id": near.case_id,
        "rule_id": rule.id,
        "occasion": near.occasion,
        "metric": rule.metric,
        "level": rule.level,
        "colour": rule.colour,
        "receiver": rule.receiver,
        "area": area,
        "department": department,
        "due_on": due_on,
        "status": str(WarningStatus.RAISED),
        "raised_at": now,
    }


def _receiver(receiver: WarningReceiver, near: Near) -> tuple[str, str | None]:
    match receiver:
        case WarningReceiver.HOLDER:
            return near.place
        case WarningReceiver.COUNTER:
            return near.counter
        case WarningReceiver.DEPARTMENT:
            return near.counter[0][:COUNTY_DIGITS], near.counter[1]
        case WarningReceiver.SUPERVISOR:
            return near.counter[0][:COUNTY_DIGITS], None
