"""Handling of incidents (事件处置) by the unit that leads: accepted or returned, begun, reported as done."""

from uuid import UUID

from services.grid.incidents.domain.lifecycle import Step
from services.grid.incidents.domain.rules import require_finished
from services.grid.incidents.models import Incident
from services.grid.incidents.service.moving import IncidentMoving
from services.grid.incidents.service.remarks import NO_REMARK, Remark
from shared.auth.principal import Principal
from shared.contracts.grid.incident_steps import IncidentHandlingBegun
from shared.contracts.grid.incidents import IncidentAccepted, IncidentFeedbackGiven, IncidentReturned, IncidentStatus
from shared.db.compare_and_set import Seen


class IncidentHandling:
    """Use cases of the unit; they raise as those of `Incidents`."""

    def __init__(self, moving: IncidentMoving) -> None:
        self._moving = moving
        self._clock = moving.clock

    async def accept(
        self, principal: Principal, id: UUID, remark: Remark = NO_REMARK, *, expected: Seen = None
    ) -> Incident:
        """接单: the unit takes it on."""
        seen = await self._moving.begin(principal, id, Step.ACCEPT, expected)
        changes = {"status": IncidentStatus.ACCEPTED, "accepted_at": self._clock.now()}
        return await self._moving.move(principal.subject, seen, Step.ACCEPT, IncidentAccepted, changes, remark)

    async def send_back(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """退单: the unit sends it back, to be dispatched anew; the deadline stays."""
        seen = await self._moving.begin(principal, id, Step.RETURN, expected)
        changes = {
            "status": IncidentStatus.FILED,
            "dispatched_at": None,
            "unit_id": None,
            "department": None,
            "returns": seen.returns + 1,
        }
        return await self._moving.move(principal.subject, seen, Step.RETURN, IncidentReturned, changes, remark)

    async def begin(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """到场处置: the unit is there and begins."""
        seen = await self._moving.begin(principal, id, Step.BEGIN, expected)
        changes = {"status": IncidentStatus.HANDLING, "handling_at": self._clock.now()}
        return await self._moving.move(principal.subject, seen, Step.BEGIN, IncidentHandlingBegun, changes, remark)

    async def give_feedback(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """反馈: the unit says that it is done, and how. Raises `IncidentOrdersOpen` while an assisting unit has not."""
        seen = await self._moving.begin(principal, id, Step.FEEDBACK, expected)
        require_finished(seen.orders, id)
        changes = {"status": IncidentStatus.FEEDBACK, "feedback_at": self._clock.now(), "leave": None}
        return await self._moving.move(principal.subject, seen, Step.FEEDBACK, IncidentFeedbackGiven, changes, remark)
