"""Escalations of incidents (事件升级): fired by rules, once each, in hours of work; listed; acknowledged."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.dictionaries.service import Dictionaries, WorkTime
from services.grid.escalation_rules.domain import Receiver, latest_base, reached, received_by
from services.grid.escalation_rules.models import EscalationRule
from services.grid.escalation_rules.repository import EscalationRuleRepository
from services.grid.escalations.domain import TAKING_NOTE, EscalationFilter, EscalationOfAnother, require_transition
from services.grid.escalations.models import Escalation
from services.grid.escalations.repository import EscalationRepository
from services.grid.incidents.models import Incident
from shared.auth.principal import Principal
from shared.auth.scope import inside, is_inside
from shared.contracts.envelope import Fact
from shared.contracts.grid.escalations import (
    EscalationAcknowledged,
    EscalationBoundaryChanged,
    EscalationFired,
    EscalationRestated,
    EscalationState,
    EscalationStatus,
    EscalationTakenBack,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.worktime import is_at_work

BATCH = 500
"""Incidents of one rule in one transaction."""


class Escalations:
    """Use cases of escalations. A follower of incidents (`IncidentFollower`) when areas change."""

    def __init__(self, context: UseCaseContext, dictionaries: Dictionaries) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._dictionaries = dictionaries
        self._rules = EscalationRuleRepository(context.session)
        self._escalations = EscalationRepository(context.session)

    async def sweep(self) -> bool:
        """Fire what is to be fired by now, of each rule for the oldest incidents first. True: there is more.

        Outside hours of work only rules fire that are to be heard around the clock: the rest waits until the next hour
        of work begins. However many sweep at once, each rule fires once for an incident and level.
        """
        await self._dictionaries.hold_calendar()
        time = await self._dictionaries.work_time()
        at_work = is_at_work(self._clock.now(), time.calendar, time.hours)
        more = False
        for rule in await self._rules.in_force():
            if at_work or rule.around_the_clock:
                more = await self._fire(rule, time) or more
        return more

    async def _fire(self, rule: EscalationRule, time: WorkTime) -> bool:
        now, terms = self._clock.now(), rule.terms
        before = latest_base(terms, now, time.calendar, time.hours)
        found = await self._escalations.concerned(rule.id, terms, before, BATCH)
        ids = sorted(new_id() for _ in found)  # lists show them in the order in which they fired
        rows: list[dict[str, Any]] = [
            {
                "id": number,
                "version": 1,
                "incident_id": one.incident_id,
                "rule_id": rule.id,
                "area": one.area,
                "former": one.former,
                "metric": rule.metric,
                "threshold": rule.threshold,
                "unit": rule.unit,
                "level": rule.level,
                "round": one.round,
                "receiver": received_by(terms.receiver, one.area, one.department),
                "status": EscalationStatus.FIRED,
                "reached_at": reached(one.base, terms, time.calendar, time.hours),
                "fired_at": now,
            }
            for number, one in zip(ids, found, strict=True)
        ]
        for escalation in await self._escalations.add_once(rows):
            self._announce(EscalationFired, escalation)
        return len(found) == BATCH

    async def acknowledge(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Escalation:
        """签收: somebody before whom it was brought, or over them, took note.

        Raises `EscalationTransitionError`, `EscalationOfAnother`.
        """
        seen = await self._locked(principal, id, expected)
        changes = {"acknowledged_at": self._clock.now(), "acknowledged_by": principal.subject}
        moved = await self._move(seen, EscalationStatus.ACKNOWLEDGED, **changes)
        return self._announce(EscalationAcknowledged, moved)

    async def take_back(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Escalation:
        """撤回签收: it was a mistake. Raises as `acknowledge`."""
        seen = await self._locked(principal, id, expected)
        moved = await self._move(seen, EscalationStatus.FIRED, acknowledged_at=None, acknowledged_by=None)
        return self._announce(EscalationTakenBack, moved)

    async def follow_place(self, incident: Incident) -> None:
        """The incident lies under another code: so do its escalations."""
        for one in await self._escalations.of_incident_locked(incident.id):
            moved = await compare_and_set(self._session, one, area=incident.area, former=incident.former)
            assert moved is not None, "the row is locked"
            self._announce(EscalationBoundaryChanged, moved)

    async def read(self, principal: Principal, id: UUID) -> Escalation:
        """An escalation of an incident in the caller's areas and departments. Raises `NotFound`."""
        found = await self._escalations.get(id, _visible_to(principal, EscalationFilter()))
        if found is None:
            raise NotFound(id)
        return found

    async def page(
        self, principal: Principal, wanted: EscalationFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Escalation]:
        """Escalations of incidents in the caller's areas and departments, the newest first.

        Raises `NotFound` for an area in which the caller sees nothing.
        """
        return await self._escalations.page(_visible_to(principal, wanted), wanted, after=after, limit=limit)

    async def count(self, principal: Principal, wanted: EscalationFilter) -> int:
        """How many a complete list with the same filter would show. Raises as `page`."""
        return await self._escalations.count(_visible_to(principal, wanted), wanted)

    async def _locked(self, principal: Principal, id: UUID, expected: Seen) -> Escalation:
        scope = principal.department_scope("escalation.acknowledge")
        found = await self._escalations.locked(id, scope.where(Escalation.area, Incident.department))
        if found is None:
            raise NotFound(id)
        escalation, incident = found
        scope.require(escalation.area, incident.department)
        if not _takes_note(principal, escalation, incident):
            raise EscalationOfAnother(id)
        require_version(escalation, expected)
        return escalation

    async def _move(self, seen: Escalation, to: EscalationStatus, **changes: Any) -> Escalation:
        require_transition(EscalationStatus(seen.status), to)
        moved = await compare_and_set(self._session, seen, status=to, **changes)
        assert moved is not None, "the row is locked"
        return moved

    def _announce(self, fact: type[Fact[EscalationState]], escalation: Escalation) -> Escalation:
        self._outbox.add(fact(state=EscalationState.model_validate(escalation)))
        return escalation


def _takes_note(principal: Principal, escalation: Escalation, incident: Incident) -> bool:
    """Whether one of the caller's posts is the one before which it was brought, or over it, there."""
    return any(
        is_inside(escalation.area, post.area) and post.department in (None, incident.department)
        for post in principal.posts(TAKING_NOTE[Receiver(escalation.receiver)])
    )


def _visible_to(principal: Principal, wanted: EscalationFilter) -> ColumnElement[bool]:
    """The one predicate of list and count."""
    scope = principal.department_scope("escalation.read", within=wanted.area)
    visible = scope.where(Escalation.area, Incident.department)
    return and_(visible, _brought_before(principal)) if wanted.to_me else visible


def _brought_before(principal: Principal) -> ColumnElement[bool]:
    """Those of the caller's own posts: the role, in the grant's area, and for its department."""
    own = [
        and_(
            Escalation.receiver == post.role,
            inside(Escalation.area, post.area),
            *([] if post.department is None else [Incident.department == post.department]),
        )
        for post in principal.posts(set(Receiver))
    ]
    return or_(false(), *own)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[EscalationRestated]:
    """The next escalations' states, rows locked."""
    found = await EscalationRepository(session).locked_after(None if after is None else UUID(after), limit)
    return [EscalationRestated(state=EscalationState.model_validate(one)) for one in found]
