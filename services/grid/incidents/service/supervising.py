"""Urging and supervision of incidents (催办, 督办)."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from services.grid.incidents.domain.lifecycle import Step, require_allowed
from services.grid.incidents.domain.refusals import (
    IncidentNotSupervised,
    IncidentSupervisedAlready,
    IncidentSupervisionUntilWrong,
    IncidentSupervisorNeeded,
    IncidentUrgedToday,
)
from services.grid.incidents.models import Incident
from services.grid.incidents.service.moving import IncidentMoving
from services.grid.incidents.service.remarks import Remark
from shared.auth.principal import Principal
from shared.clock import SHANGHAI, business_day, today
from shared.contracts.grid.incident_steps import IncidentSupervisionChanged, IncidentUrged
from shared.contracts.grid.incidents import IncidentStatus
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound

LONGEST = timedelta(days=366)


class IncidentSupervision:
    """Use cases of who waits for an incident; they raise as those of `Incidents`."""

    def __init__(self, moving: IncidentMoving) -> None:
        self._moving = moving
        self._clock = moving.clock

    async def urge(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """催办, by an office or by whoever reported it; once a day each. Raises `IncidentUrgedToday`."""
        incident = await self._moving.incidents.locked_anywhere(id)
        officially = incident is not None and principal.department_scope("incident.urge").allows(
            incident.area, incident.department
        )
        own = incident is not None and principal.owns("incident.urge") and incident.reporter == principal.subject
        if incident is None or not (officially or own):
            raise NotFound(id)
        require_version(incident, expected)
        require_allowed(IncidentStatus(incident.status), Step.URGE, id)
        begun = datetime.combine(today(self._clock), time(), SHANGHAI)
        if await self._moving.incidents.has_done(id, principal.subject, [Step.URGE], since=begun):
            raise IncidentUrgedToday(id)
        changes = {"urges": incident.urges + 1}
        return await self._moving.move(principal.subject, incident, Step.URGE, IncidentUrged, changes, remark)

    async def supervise(
        self, principal: Principal, id: UUID, until: date, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """督办: a town or the county wants it closed by the end of a day, and looks at it before it is.

        Raises `IncidentSupervisedAlready`, `IncidentSupervisionUntilWrong`.
        """
        seen = await self._moving.begin(principal, id, Step.SUPERVISE, expected)
        if seen.supervision is not None:
            raise IncidentSupervisedAlready(id)
        now = self._clock.now()
        if not business_day(now) <= until <= business_day(now + LONGEST):
            raise IncidentSupervisionUntilWrong.at("until")
        end = datetime.combine(until, time(23, 59, 59), SHANGHAI)
        office = principal.department_scope("incident.supervise").outermost_round(seen.area, seen.department)
        by = {"area": office, "until": end.isoformat(), "at": now.isoformat()}
        changes = {"supervision": by}
        return await self._moving.move(
            principal.subject, seen, Step.SUPERVISE, IncidentSupervisionChanged, changes, remark
        )

    async def lift(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """督办销号, by the office that supervises or one above it.

        Raises `IncidentNotSupervised`, `IncidentSupervisorNeeded`.
        """
        seen = await self._moving.begin(principal, id, Step.LIFT_SUPERVISION, expected)
        if seen.supervision is None:
            raise IncidentNotSupervised(id)
        scope = principal.department_scope("incident.supervise")
        if not scope.allows(seen.supervision["area"], seen.department):
            raise IncidentSupervisorNeeded(id)
        changes = {"supervision": None}
        step = Step.LIFT_SUPERVISION
        return await self._moving.move(principal.subject, seen, step, IncidentSupervisionChanged, changes, remark)
