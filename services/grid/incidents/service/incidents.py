"""Handling of incidents (事件处置): filed, dispatched, handled, checked, closed."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol
from uuid import UUID

from services.grid.dictionaries.domain import Treatment
from services.grid.dictionaries.service import Dictionaries
from services.grid.incidents.domain import (
    HANDLING,
    OPEN,
    HandlerMayNotCheck,
    Step,
    require_deferrable,
    require_explained,
    require_rework_reason,
    require_transition,
)
from services.grid.incidents.models import Incident
from services.grid.incidents.repository import IncidentRepository
from services.grid.incidents.service.history import NO_REMARK, IncidentHistory, Remark
from services.grid.units.service import Units
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.grid.incidents import (
    IncidentAccepted,
    IncidentChecked,
    IncidentClosed,
    IncidentDeferred,
    IncidentDispatched,
    IncidentFeedbackGiven,
    IncidentFiled,
    IncidentRejected,
    IncidentRescheduled,
    IncidentReturned,
    IncidentReworkOrdered,
    IncidentState,
    IncidentStatus,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


class IncidentFollower(Protocol):
    """Who must learn, in the same transaction, that an incident went a step."""

    async def follow(self, incident: Incident) -> None: ...


class Incidents:
    """Use cases that move an incident along its lifecycle.

    Each step takes `expected`, the version that the caller saw (None: any), and raises `NotFound` outside the caller's
    areas and departments, `VersionMismatch` for another version, `IncidentTransitionError` if the incident is not where
    the step begins. The incident is locked first: of two steps at once the second finds what the first has made of it,
    and a deadline that was computed again meanwhile keeps nobody from a step.
    """

    def __init__(
        self,
        context: UseCaseContext,
        *,
        units: Units,
        dictionaries: Dictionaries,
        followers: Sequence[IncidentFollower],
    ) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._incidents = IncidentRepository(context.session)
        self._history = IncidentHistory(context)
        self._units = units
        self._dictionaries = dictionaries
        self._followers = followers

    async def reject(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """不予立案: there is nothing there, or it is none of the grid's."""
        seen = await self._visible(principal, id, "incident.file", expected)
        moved = await self._move(principal, seen, Step.REJECT, IncidentStatus.REJECTED, remark)
        return self._announce(IncidentRejected, moved)

    async def file(
        self,
        principal: Principal,
        id: UUID,
        remark: Remark = NO_REMARK,
        *,
        treatment: Treatment = Treatment.ROUTINE,
        expected: Seen = None,
    ) -> Incident:
        """立案: it is verified; the dictionary in force is pinned and the deadline set. Raises `CategoryUnknown`."""
        await self._dictionaries.hold_calendar()
        seen = await self._visible(principal, id, "incident.file", expected)
        now = self._clock.now()
        due = await self._dictionaries.deadline(
            seen.category, seen.severity, now, treatment=treatment, reported=seen.reported_at
        )
        moved = await self._move(
            principal,
            seen,
            Step.FILE,
            IncidentStatus.FILED,
            remark,
            filed_at=now,
            treatment=treatment,
            dictionary_version=due.dictionary_version,
            due_at=due.at,
            due_provisional=due.provisional,
        )
        return self._announce(IncidentFiled, moved)

    async def dispatch(
        self,
        principal: Principal,
        id: UUID,
        unit_id: UUID,
        remark: Remark = NO_REMARK,
        *,
        expected: Seen = None,
    ) -> Incident:
        """派遣: hand it to the unit that shall deal with it. Raises `UnitUnknown`, `UnitOutOfArea`."""
        seen = await self._visible(principal, id, "incident.dispatch", expected)
        unit = await self._units.serving(principal, unit_id, seen.area)
        changes = {"unit_id": unit.id, "department": unit.department, "dispatched_at": self._clock.now()}
        moved = await self._move(principal, seen, Step.DISPATCH, IncidentStatus.DISPATCHED, remark, **changes)
        self._outbox.add(IncidentDispatched(state=IncidentState.model_validate(moved), unit_id=unit.id))
        return moved

    async def accept(
        self, principal: Principal, id: UUID, remark: Remark = NO_REMARK, *, expected: Seen = None
    ) -> Incident:
        """接单: the unit takes it on."""
        seen = await self._visible(principal, id, "incident.handle", expected)
        changes = {"accepted_at": self._clock.now()}
        moved = await self._move(principal, seen, Step.ACCEPT, IncidentStatus.ACCEPTED, remark, **changes)
        return self._announce(IncidentAccepted, moved)

    async def send_back(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """退单: the unit sends it back, to be dispatched anew; the deadline stays."""
        seen = await self._visible(principal, id, "incident.handle", expected)
        changes = {"dispatched_at": None, "unit_id": None, "department": None, "returns": seen.returns + 1}
        moved = await self._move(principal, seen, Step.RETURN, IncidentStatus.FILED, remark, **changes)
        return self._announce(IncidentReturned, moved)

    async def defer(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """缓办: leave to handle it after its deadline, from whoever dispatches; it is not counted among the due.

        Raises `IncidentDeferralTooLate` after the deadline, `IncidentDeferredAlready`.
        """
        seen = await self._visible(principal, id, "incident.dispatch", expected)
        now = self._clock.now()
        require_deferrable(IncidentStatus(seen.status), deferred=seen.deferred, due_at=seen.due_at, now=now)
        deferred = await compare_and_set(self._session, seen, deferred=True)
        assert deferred is not None, "the row is locked"
        await self._recorded(deferred, principal.subject, Step.DEFER, remark, deferred.unit_id)
        return self._announce(IncidentDeferred, deferred)

    async def give_feedback(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """反馈: the unit says that it is done, and how."""
        seen = await self._visible(principal, id, "incident.handle", expected)
        changes = {"feedback_at": self._clock.now()}
        moved = await self._move(principal, seen, Step.FEEDBACK, IncidentStatus.FEEDBACK, remark, **changes)
        return self._announce(IncidentFeedbackGiven, moved)

    async def check(
        self,
        principal: Principal,
        id: UUID,
        *,
        passed: bool,
        remark: Remark = NO_REMARK,
        expected: Seen = None,
    ) -> Incident:
        """核查, by somebody who did not handle it: passed, or back to the unit.

        Raises `HandlerMayNotCheck`, `ReasonRequired`, `ReasonNotExpected`.
        """
        require_rework_reason(passed=passed, reason=remark.reason, subject=id)
        seen = await self._visible(principal, id, "incident.check", expected)
        if await self._incidents.has_done(id, principal.subject, HANDLING):
            raise HandlerMayNotCheck(id)
        if passed:
            changes: dict[str, Any] = {"checked_at": self._clock.now()}
            moved = await self._move(principal, seen, Step.CHECK, IncidentStatus.CHECKED, remark, **changes)
            return self._announce(IncidentChecked, moved)
        changes = {"feedback_at": None, "reworks": seen.reworks + 1}
        moved = await self._move(principal, seen, Step.REWORK, IncidentStatus.ACCEPTED, remark, **changes)
        return self._announce(IncidentReworkOrdered, moved)

    async def close(
        self, principal: Principal, id: UUID, remark: Remark = NO_REMARK, *, expected: Seen = None
    ) -> Incident:
        """结案: the checked incident is closed."""
        seen = await self._visible(principal, id, "incident.check", expected)
        changes = {"closed_at": self._clock.now()}
        moved = await self._move(principal, seen, Step.CLOSE, IncidentStatus.CLOSED, remark, **changes)
        return self._announce(IncidentClosed, moved)

    async def reschedule(self, years: Collection[int]) -> int:
        """Compute the deadlines of open incidents again: the calendar of these years was set.

        Returns how many moved, became certain or became provisional. What has ended keeps the deadline it was held to.
        """
        await self._dictionaries.change_calendar()
        moved = 0
        for incident in await self._incidents.running_in(years):
            assert incident.filed_at is not None
            assert incident.dictionary_version is not None
            due = await self._dictionaries.deadline_by(
                incident.dictionary_version,
                incident.category,
                incident.severity,
                incident.filed_at,
                treatment=incident.treatment,
            )
            if (due.at, due.provisional) == (incident.due_at, incident.due_provisional):
                continue
            changed = await compare_and_set(self._session, incident, due_at=due.at, due_provisional=due.provisional)
            assert changed is not None, "the row is locked"
            await self._recorded(changed, "calendar", Step.RESCHEDULE, NO_REMARK, changed.unit_id)
            self._announce(IncidentRescheduled, changed)
            moved += 1
        return moved

    async def _visible(self, principal: Principal, id: UUID, permission: str, expected: Seen) -> Incident:
        scope = principal.department_scope(permission)
        incident = await self._incidents.locked(id, scope.where(Incident.area, Incident.department))
        if incident is None:
            raise NotFound
        scope.require(incident.area, incident.department)
        require_version(incident, expected)
        return incident

    async def _move(
        self, principal: Principal, seen: Incident, step: Step, to: IncidentStatus, remark: Remark, **changes: Any
    ) -> Incident:
        """One step along the lifecycle, with its line of history; the followers learn of it."""
        require_transition(IncidentStatus(seen.status), to)
        before = seen.unit_id  # `seen` itself is brought up to date by the move
        if to not in OPEN:
            changes["due_provisional"] = False  # no later notice moves it any more
        moved = await compare_and_set(self._session, seen, status=to, **changes)
        assert moved is not None, "the row is locked"
        await self._recorded(moved, principal.subject, step, remark, moved.unit_id or before)
        return moved

    async def _recorded(self, incident: Incident, actor: str, step: Step, remark: Remark, unit_id: UUID | None) -> None:
        require_explained(remark.reason, remark.note)
        self._history.record(incident, actor, step, remark, unit_id=unit_id)
        for follower in self._followers:
            await follower.follow(incident)

    def _announce(self, fact: type[Fact[IncidentState]], incident: Incident) -> Incident:
        self._outbox.add(fact(state=IncidentState.model_validate(incident)))
        return incident
