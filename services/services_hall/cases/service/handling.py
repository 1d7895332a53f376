"""Handling of cases (办件): submitted at a counter, received, accepted, refused, decided, closed, withdrawn."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from services.services_hall.cases.domain import OPEN, DenialReason, RefusalReason, require_reason, require_transition
from services.services_hall.cases.models import Case, CaseStep
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.cases.service.deadlines import Deadlines
from shared.auth.principal import Principal
from shared.clock import business_day
from shared.contracts.envelope import Fact
from shared.contracts.services_hall.cases import (
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseReceived,
    CaseRefused,
    CaseRescheduled,
    CaseState,
    CaseStatus,
    CaseWithdrawn,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


class CaseHandling:
    """Use cases that move a case along its lifecycle.

    Each takes `expected`, the version that the caller saw (None: any), and raises `NotFound` outside the caller's
    areas and departments, `VersionMismatch` for another version, `CaseTransitionError` if the case is not where the
    step begins. The case is locked first: of two steps at once the second finds what the first has made of it, and a
    due date that was computed again meanwhile keeps nobody from a step.
    """

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._cases = CaseRepository(context.session)
        self._deadlines = Deadlines(context.session)

    async def receive(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """收件: the counter holds the papers; no clock runs yet."""
        case = await self._visible(principal, id, "case.handle")
        changes = {"received_at": self._clock.now()}
        return await self._move(principal, case, expected, CaseStatus.RECEIVED, "receive", CaseReceived, changes)

    async def accept(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """受理: the statutory clock starts. The day of acceptance is not counted; the due date is inclusive."""
        await self._deadlines.hold()
        case = await self._visible(principal, id, "case.handle")
        now = self._clock.now()
        due = await self._deadlines.due(business_day(now), case.promised_days)
        changes = {"accepted_at": now, "due_on": due.day, "due_provisional": due.provisional}
        return await self._move(principal, case, expected, CaseStatus.ACCEPTED, "accept", CaseAccepted, changes)

    async def refuse(self, principal: Principal, id: UUID, *, reason: RefusalReason, expected: Seen = None) -> Case:
        """不予受理, with a coded reason."""
        case = await self._visible(principal, id, "case.handle")
        changes = {"refused_at": self._clock.now()}
        return await self._move(principal, case, expected, CaseStatus.REFUSED, "refuse", CaseRefused, changes, reason)

    async def decide(
        self, principal: Principal, id: UUID, *, granted: bool, reason: DenialReason | None, expected: Seen = None
    ) -> Case:
        """准予 or 不予, by whoever decides. Raises `ReasonRequired`, `ReasonNotExpected`."""
        require_reason(granted=granted, reason=reason, subject=id)
        case = await self._visible(principal, id, "case.decide")
        changes = {"decided_at": self._clock.now(), "granted": granted}
        return await self._move(principal, case, expected, CaseStatus.DECIDED, "decide", CaseDecided, changes, reason)

    async def close(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """办结: the decided case is closed."""
        case = await self._visible(principal, id, "case.handle")
        changes = {"closed_at": self._clock.now()}
        return await self._move(principal, case, expected, CaseStatus.CLOSED, "close", CaseClosed, changes)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """The applicant takes it back; no clock runs any more."""
        case = await self._visible(principal, id, "case.submit")
        return await self._move(principal, case, expected, CaseStatus.WITHDRAWN, "withdraw", CaseWithdrawn, {})

    async def reschedule(self, years: Collection[int]) -> int:
        """Compute the due dates of open cases again: the calendar of these years was set.

        Returns how many moved, became certain or became provisional. What has ended keeps the date it was held to.
        """
        await self._deadlines.change()
        moved = 0
        for case in await self._cases.running_in(years):
            assert case.accepted_at is not None
            due = await self._deadlines.due(business_day(case.accepted_at), case.promised_days)
            if (due.day, due.provisional) == (case.due_on, case.due_provisional):
                continue
            changed = await compare_and_set(self._session, case, due_on=due.day, due_provisional=due.provisional)
            assert changed is not None, "the row is locked"
            self._record(changed, "system:calendar", "reschedule")
            self._outbox.add(CaseRescheduled(state=CaseState.model_validate(changed)))
            moved += 1
        return moved

    async def _visible(self, principal: Principal, id: UUID, permission: str) -> Case:
        scope = principal.department_scope(permission)
        case = await self._cases.locked(id, scope)
        if case is None:
            raise NotFound(id)
        scope.require(case.area, case.department)
        return case

    async def _move(
        self,
        principal: Principal,
        case: Case,
        expected: Seen,
        to: CaseStatus,
        step: str,
        fact: type[Fact[CaseState]],
        changes: Mapping[str, Any],
        reason: str | None = None,
    ) -> Case:
        require_version(case, expected)
        require_transition(CaseStatus(case.status), to, case.id)
        if to not in OPEN:
            changes = {**changes, "due_provisional": False}  # no later notice moves it any more
        moved = await compare_and_set(self._session, case, status=to, **changes)
        assert moved is not None, "the row is locked"
        self._record(moved, principal.subject, step, reason)
        self._outbox.add(fact(state=CaseState.model_validate(moved)))
        return moved

    def _record(self, case: Case, actor: str, step: str, reason: str | None = None) -> None:
        at = self._clock.now()
        self._cases.add(CaseStep(case_id=case.id, version=case.version, step=step, at=at, actor=actor, reason=reason))
