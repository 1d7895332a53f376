"""Report an incident, and bring it step by step to its end."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.grid.dictionaries.service import Dictionaries
from services.grid.inbound.service.outcomes import InboundOutcomes
from services.grid.incidents.domain import (
    HANDLING,
    HandlerMayNotCheck,
    IncidentOfOtherUnit,
    IncidentTransitionError,
    Severity,
    Source,
    Step,
    require_transition,
)
from services.grid.incidents.models import Incident, IncidentStep
from services.grid.incidents.repository import IncidentRepository
from services.grid.incidents.service.places import Places
from services.grid.states import incident_state
from services.grid.units.domain import UnitOutOfArea
from services.grid.units.models import HandlingUnit
from services.grid.units.service import Units
from shared.auth.principal import Principal
from shared.auth.scope import Scope, is_inside
from shared.contracts.grid.incidents import (
    IncidentAccepted,
    IncidentChecked,
    IncidentClosed,
    IncidentDispatched,
    IncidentFeedbackGiven,
    IncidentFiled,
    IncidentRejected,
    IncidentReported,
    IncidentReturned,
    IncidentReworkOrdered,
    IncidentStatus,
)
from shared.contracts.points import Point
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class NewIncident:
    """What is reported. Either a point that lies in a grid, or an area, or both."""

    source: Source
    category: str
    severity: Severity
    area: str | None = None
    point: Point | None = None
    description: str | None = None


@dataclass(frozen=True)
class Remark:
    """Why or with which result somebody took a step: a code, and free text that stays sealed here."""

    reason: str | None = None
    note: str | None = None


NO_REMARK = Remark()


class Incidents:
    def __init__(self, context: UseCaseContext, places: Places, units: Units, dictionaries: Dictionaries) -> None:
        self.context = context
        self.places = places
        self.units = units
        self.dictionaries = dictionaries
        self.incidents = IncidentRepository(context.session)
        self.outcomes = InboundOutcomes(context)

    async def report(self, principal: Principal, new: NewIncident) -> Incident:
        """Raises NotFound outside the caller's areas, IncidentNotLocated, CategoryUnknown and their kin."""
        area = await self.places.area_of(new.point, new.area)
        if principal.may_in_area("incident.report"):  # a resident may report from anywhere
            principal.scope("incident.report").require(area)
        await self.dictionaries.require(new.category, new.severity)
        incident_id = new_id()
        incident = Incident(
            id=incident_id,
            area=area,
            longitude=new.point.longitude if new.point else None,
            latitude=new.point.latitude if new.point else None,
            source=new.source,
            category=new.category,
            severity=new.severity,
            description=self._sealed(new.description, "incident.description", str(incident_id)),
            reporter=principal.subject,
            status=IncidentStatus.REPORTED,
            unit_id=None,
            dictionary_version=None,
            reported_on=self.context.clock.now(),
            due_provisional=False,
            returns=0,
            reworks=0,
            version=1,
        )
        self.incidents.add(incident)
        await self.context.session.flush()  # the step refers to it
        self._record(incident, principal, Step.REPORT, NO_REMARK)
        self.context.outbox.add(IncidentReported(state=incident_state(incident)))
        return incident

    async def reject(self, principal: Principal, incident_id: UUID, remark: Remark) -> Incident:
        """It is none of ours, or there is nothing there."""
        moved = await self._move(principal, incident_id, "incident.file", Step.REJECT, IncidentStatus.REJECTED, remark)
        self.context.outbox.add(IncidentRejected(state=incident_state(moved)))
        return moved

    async def file(self, principal: Principal, incident_id: UUID, remark: Remark = NO_REMARK) -> Incident:
        """立案: verified; the dictionary in force is pinned and the deadline set."""
        incident = await self._seen(principal, incident_id, "incident.file")
        now = self.context.clock.now()
        version, due = await self.dictionaries.deadline(incident.category, incident.severity, now)
        changes = {
            "filed_on": now,
            "dictionary_version": version,
            "due_on": due.at,
            "due_provisional": due.provisional,
        }
        moved = await self._move(
            principal, incident_id, "incident.file", Step.FILE, IncidentStatus.FILED, remark, **changes
        )
        self.context.outbox.add(IncidentFiled(state=incident_state(moved)))
        return moved

    async def dispatch(
        self, principal: Principal, incident_id: UUID, unit_id: UUID, remark: Remark = NO_REMARK
    ) -> Incident:
        """派遣: hand it to the unit that shall deal with it. Raises UnitUnknown, UnitOutOfArea."""
        incident = await self._seen(principal, incident_id, "incident.dispatch")
        unit = await self.units.active(unit_id)
        if not is_inside(incident.area, unit.area):
            raise UnitOutOfArea(unit_id)
        changes = {"unit_id": unit.id, "dispatched_on": self.context.clock.now()}
        moved = await self._move(
            principal, incident_id, "incident.dispatch", Step.DISPATCH, IncidentStatus.DISPATCHED, remark, **changes
        )
        self.context.outbox.add(IncidentDispatched(state=incident_state(moved), unit_id=unit.id))
        return moved

    async def accept(self, principal: Principal, incident_id: UUID, remark: Remark = NO_REMARK) -> Incident:
        """The unit takes it on."""
        changes = {"accepted_on": self.context.clock.now()}
        moved = await self._handle(principal, incident_id, Step.ACCEPT, IncidentStatus.ACCEPTED, remark, **changes)
        self.context.outbox.add(IncidentAccepted(state=incident_state(moved)))
        return moved

    async def send_back(self, principal: Principal, incident_id: UUID, remark: Remark) -> Incident:
        """退单: the unit sends it back, to be dispatched anew. The deadline stays."""
        changes = {"dispatched_on": None, "unit_id": None, "returns": Incident.returns + 1}
        moved = await self._handle(principal, incident_id, Step.RETURN, IncidentStatus.FILED, remark, **changes)
        self.context.outbox.add(IncidentReturned(state=incident_state(moved)))
        return moved

    async def give_feedback(self, principal: Principal, incident_id: UUID, remark: Remark) -> Incident:
        """反馈: the unit says that it is done, and how."""
        changes = {"feedback_on": self.context.clock.now()}
        moved = await self._handle(principal, incident_id, Step.FEEDBACK, IncidentStatus.FEEDBACK, remark, **changes)
        self.context.outbox.add(IncidentFeedbackGiven(state=incident_state(moved)))
        return moved

    async def check(
        self, principal: Principal, incident_id: UUID, *, passed: bool, remark: Remark = NO_REMARK
    ) -> Incident:
        """核查, by somebody who did not handle it: passed, or back to the unit. Raises HandlerMayNotCheck."""
        await self._seen(principal, incident_id, "incident.check")
        if await self.incidents.has_done(incident_id, principal.subject, HANDLING):
            raise HandlerMayNotCheck(incident_id)
        if passed:
            moved = await self._move(
                principal,
                incident_id,
                "incident.check",
                Step.CHECK,
                IncidentStatus.CHECKED,
                remark,
                checked_on=self.context.clock.now(),
            )
            self.context.outbox.add(IncidentChecked(state=incident_state(moved)))
            return moved
        changes = {"feedback_on": None, "reworks": Incident.reworks + 1}
        moved = await self._move(
            principal, incident_id, "incident.check", Step.REWORK, IncidentStatus.ACCEPTED, remark, **changes
        )
        self.context.outbox.add(IncidentReworkOrdered(state=incident_state(moved)))
        return moved

    async def close(self, principal: Principal, incident_id: UUID, remark: Remark = NO_REMARK) -> Incident:
        """结案."""
        changes = {"closed_on": self.context.clock.now()}
        moved = await self._move(
            principal, incident_id, "incident.check", Step.CLOSE, IncidentStatus.CLOSED, remark, **changes
        )
        self.context.outbox.add(IncidentClosed(state=incident_state(moved)))
        return moved

    async def _handle(
        self, principal: Principal, incident_id: UUID, step: Step, to: IncidentStatus, remark: Remark, **changes: Any
    ) -> Incident:
        """A step of the unit. Raises IncidentOfOtherUnit for somebody of another department."""
        incident = await self._seen(principal, incident_id, "incident.handle")
        if incident.unit_id is not None:
            unit = await self.units.active(incident.unit_id)
            if not _handles_for(principal, incident, unit):
                raise IncidentOfOtherUnit(incident_id)
        return await self._move(principal, incident_id, "incident.handle", step, to, remark, **changes)

    async def _move(
        self,
        principal: Principal,
        incident_id: UUID,
        permission: str,
        step: Step,
        to: IncidentStatus,
        remark: Remark,
        **changes: Any,
    ) -> Incident:
        """One step along the lifecycle, with its line of history; a county system that reported it is told.

        Raises NotFound, IncidentTransitionError.
        """
        incident = await self._seen(principal, incident_id, permission)
        require_transition(IncidentStatus(incident.status), to)
        unit_id = incident.unit_id
        moved = await self.incidents.move(incident, to=to, **changes)
        if moved is None:
            raise IncidentTransitionError(incident_id)
        self._record(moved, principal, step, remark, unit_id=moved.unit_id or unit_id)
        await self.outcomes.follow(moved)
        return moved

    async def _seen(self, principal: Principal, incident_id: UUID, permission: str) -> Incident:
        incident = await self.incidents.get(incident_id)
        if incident is None:
            raise NotFound
        principal.scope(permission).require(incident.area)
        return incident

    def _record(
        self, incident: Incident, principal: Principal, step: Step, remark: Remark, *, unit_id: UUID | None = None
    ) -> None:
        self.incidents.add_step(
            IncidentStep(
                incident_id=incident.id,
                version=incident.version,
                step=step,
                status=incident.status,
                actor=principal.subject,
                at=self.context.clock.now(),
                reason=remark.reason,
                unit_id=unit_id,
                note=self._sealed(remark.note, "incident_step.note", f"{incident.id}:{incident.version}"),
            )
        )

    def _sealed(self, text: str | None, field: str, owner: str) -> bytes | None:
        return None if text is None else self.context.crypto.seal(text, field=field, owner=owner)


def _handles_for(principal: Principal, incident: Incident, unit: HandlingUnit) -> bool:
    """Whether one single grant lets the caller handle here, for this unit's department or for every one."""
    return any(
        grant.opens("incident.handle")
        and grant.department in (None, unit.department)
        and Scope(principal.lineage.expand(grant.area)).allows(incident.area)
        for grant in principal.grants
    )
