"""Filing and dispatching of incidents (立案、派遣): verified, filed or rejected, handed to a unit or another level."""

import secrets
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from services.grid.dictionaries.domain import Treatment
from services.grid.dictionaries.service import Dictionaries
from services.grid.duties.service import Duties
from services.grid.incidents.domain.codes import IncidentLevel
from services.grid.incidents.domain.lifecycle import LIFECYCLE, Step
from services.grid.incidents.domain.refusals import (
    IncidentLeadElsewhere,
    IncidentSupervisionStands,
    IncidentTakenBack,
)
from services.grid.incidents.domain.rules import IncidentPolicy, require_level
from services.grid.incidents.models import Incident
from services.grid.incidents.service.deadlines import IncidentDeadlines
from services.grid.incidents.service.moving import IncidentMoving
from services.grid.incidents.service.remarks import NO_REMARK, Remark
from services.grid.units.models import HandlingUnit
from services.grid.units.service import Units
from shared.auth.principal import Principal
from shared.contracts.duties import DutyKind
from shared.contracts.grid.incident_steps import (
    IncidentSelfHandled,
    IncidentTransferred,
    IncidentVerified,
)
from shared.contracts.grid.incidents import (
    IncidentDispatched,
    IncidentFiled,
    IncidentRejected,
    IncidentRescheduled,
    IncidentStatus,
)
from shared.db.compare_and_set import Seen
from shared.reference.areas import COUNTY_DIGITS


class Incidents:
    """Use cases up to dispatch, and what the calendar does to deadlines.

    Each step takes `expected`, the version that the caller saw (None: any), and raises `NotFound` outside the caller's
    areas and departments, `VersionMismatch` for another version, `IncidentTransitionError` if the incident is not where
    the step begins, `IncidentHeldElsewhere` if the office of another level has it.
    """

    def __init__(
        self,
        moving: IncidentMoving,
        *,
        units: Units,
        dictionaries: Dictionaries,
        duties: Duties,
        policy: IncidentPolicy,
        draw: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        self._moving = moving
        self._clock = moving.clock
        self._units = units
        self._dictionaries = dictionaries
        self._deadlines = IncidentDeadlines(dictionaries)
        self._duties = duties
        self.policy = policy
        self._draw = draw

    async def verify(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """核实: somebody saw that it is as reported."""
        seen = await self._moving.begin(principal, id, Step.VERIFY, expected)
        changes = {"status": IncidentStatus.VERIFIED, "verified_at": self._clock.now()}
        return await self._moving.move(principal.subject, seen, Step.VERIFY, IncidentVerified, changes, remark)

    async def reject(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """不予立案: there is nothing there, or it is none of the grid's. Raises `IncidentSupervisionStands`."""
        seen = await self._moving.begin(principal, id, Step.REJECT, expected)
        if seen.supervision is not None:
            raise IncidentSupervisionStands(id)
        changes = {"status": IncidentStatus.REJECTED}
        return await self._moving.move(principal.subject, seen, Step.REJECT, IncidentRejected, changes, remark)

    async def file(
        self,
        principal: Principal,
        id: UUID,
        remark: Remark = NO_REMARK,
        *,
        treatment: Treatment = Treatment.ROUTINE,
        expected: Seen = None,
    ) -> Incident:
        """立案: it is verified; the dictionary in force is pinned and the deadline set.

        What the town's list of duties says was taken back goes up to the county. Raises `CategoryUnknown`.
        """
        await self._dictionaries.hold_calendar()
        seen = await self._moving.begin(principal, id, Step.FILE, expected)
        changes = {"status": IncidentStatus.FILED, **await self._filed(seen, treatment)}
        duty = await self._duties.of(seen.area, seen.category)
        if duty is not None and duty.kind == DutyKind.TAKEN_BACK:
            changes["level"] = COUNTY_DIGITS
        return await self._moving.move(principal.subject, seen, Step.FILE, IncidentFiled, changes, remark)

    async def self_handle(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """自处置: whoever found it settled it on the spot. Closed, unless it is drawn for a check or supervised.

        Raises `IncidentTakenBack`, `CategoryUnknown`.
        """
        await self._dictionaries.hold_calendar()
        seen = await self._moving.begin(principal, id, Step.SELF_HANDLE, expected)
        duty = await self._duties.of(seen.area, seen.category)
        if duty is not None and duty.kind == DutyKind.TAKEN_BACK:
            raise IncidentTakenBack(id)
        now = self._clock.now()
        changes: dict[str, Any] = {} if seen.filed_at is not None else dict(await self._filed(seen, Treatment.ROUTINE))
        changes |= {"on_spot": True, "feedback_at": now, "status": IncidentStatus.FEEDBACK}
        if seen.supervision is None and self._draw(100) >= self.policy.check_percent:
            changes |= {"status": IncidentStatus.CLOSED, "closed_at": now}
        return await self._moving.move(principal.subject, seen, Step.SELF_HANDLE, IncidentSelfHandled, changes, remark)

    async def dispatch(
        self, principal: Principal, id: UUID, unit_id: UUID, remark: Remark = NO_REMARK, *, expected: Seen = None
    ) -> Incident:
        """派遣: hand it to the unit that shall deal with it, as the town's list of duties says.

        Raises `UnitUnknown`, `UnitOutOfArea`, `IncidentTakenBack`, `IncidentLeadElsewhere`.
        """
        seen = await self._moving.begin(principal, id, Step.DISPATCH, expected)
        unit = await self._units.serving(principal, unit_id, seen.area)
        await self._require_competent(seen, unit)
        changes = {
            "status": IncidentStatus.DISPATCHED,
            "unit_id": unit.id,
            "department": unit.department,
            "dispatched_at": self._clock.now(),
        }
        told = {"unit_id": unit.id}
        subject = principal.subject
        return await self._moving.move(subject, seen, Step.DISPATCH, IncidentDispatched, changes, remark, told=told)

    async def transfer(
        self, principal: Principal, id: UUID, level: IncidentLevel, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """上报上级, 下交下级: the office of another level has it from now on; the deadline stays.

        A sender needs no authority over the receiver's area. Raises `IncidentLevelWrong`, `IncidentTakenBack` for what
        the county alone may handle and has.
        """
        seen = await self._moving.begin(principal, id, Step.TRANSFER_UP, expected)
        digits = require_level(seen.area, seen.level, level)
        step = Step.TRANSFER_UP if digits < len(seen.held_area) else Step.TRANSFER_DOWN
        if step is Step.TRANSFER_DOWN:
            duty = await self._duties.of(seen.area, seen.category)
            if duty is not None and duty.kind == DutyKind.TAKEN_BACK:
                raise IncidentTakenBack(id)
        return await self._moving.move(principal.subject, seen, step, IncidentTransferred, {"level": digits}, remark)

    async def reschedule(self, years: Collection[int]) -> int:
        """Compute the deadlines of open incidents again: the calendar of these years was set.

        Returns how many moved, became certain or became provisional. What has ended keeps the deadline it was held to.
        """
        await self._dictionaries.change_calendar()
        moved = 0
        for incident in await self._moving.incidents.running_in(years):
            due = await self._deadlines.of({name: getattr(incident, name) for name in CLOCK})
            if all(getattr(incident, name) == value for name, value in due.items()):
                continue
            await self._moving.follow("calendar", incident, Step.RESCHEDULE, IncidentRescheduled, **due)
            moved += 1
        return moved

    async def _filed(self, incident: Incident, treatment: Treatment) -> dict[str, Any]:
        now = self._clock.now()
        due = await self._deadlines.first(
            incident.category, incident.severity, now, treatment=treatment, known=incident.reported_at
        )
        return {"filed_at": now, "treatment": str(treatment), **due}

    async def _require_competent(self, incident: Incident, unit: HandlingUnit) -> None:
        duty = await self._duties.of(incident.area, incident.category)
        if duty is None or duty.kind == DutyKind.BASIC:
            return
        if duty.kind == DutyKind.TAKEN_BACK and (incident.level > COUNTY_DIGITS or len(unit.area) > COUNTY_DIGITS):
            raise IncidentTakenBack.at("unit_id", subject=incident.id)
        if duty.lead is not None and unit.department != duty.lead:
            raise IncidentLeadElsewhere.at("unit_id", subject=incident.id)


CLOCK = ("filed_at", "reopened_at", "dictionary_version", "category", "severity", "treatment", "pauses")
"""What a deadline is computed of."""

assert LIFECYCLE[Step.TRANSFER_UP] == LIFECYCLE[Step.TRANSFER_DOWN], "which one it is shows once it is locked"
