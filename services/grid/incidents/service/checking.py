"""Checks of incidents (事件核查、结案): checked by somebody else, closed, taken up again, and the last step undone."""

from typing import Any
from uuid import UUID

from services.grid.dictionaries.service import Dictionaries
from services.grid.incidents.domain.codes import IncidentUndoReason
from services.grid.incidents.domain.lifecycle import HANDLED_BY, LIFECYCLE, OPEN, Step
from services.grid.incidents.domain.refusals import IncidentNothingToUndo, IncidentSupervisionStands
from services.grid.incidents.domain.rules import require_rework_reason
from services.grid.incidents.models import Incident, IncidentStep
from services.grid.incidents.service.deadlines import IncidentDeadlines
from services.grid.incidents.service.incidents import CLOCK
from services.grid.incidents.service.merging import IncidentMerging
from services.grid.incidents.service.moving import IncidentMoving, holds, read_back
from services.grid.incidents.service.remarks import NO_REMARK, Remark
from shared.auth.principal import Principal
from shared.contracts.grid.incident_steps import IncidentReopened, IncidentStepUndone
from shared.contracts.grid.incidents import IncidentChecked, IncidentClosed, IncidentReworkOrdered, IncidentStatus
from shared.db.compare_and_set import Seen, require_version
from shared.errors import Forbidden, NotFound

ANEW: dict[str, Any] = {
    **dict.fromkeys(("unit_id", "department", "dispatched_at", "accepted_at", "handling_at", "feedback_at")),
    **dict.fromkeys(("checked_at", "closed_at", "deferred_until", "leave")),
    "deferred": False,
    "on_spot": False,
    "pauses": [],
}
"""What of a round before is no more when an incident is taken up again."""


class IncidentChecks:
    """Use cases that end an incident or take it up again; they raise as those of `Incidents`."""

    def __init__(self, moving: IncidentMoving, dictionaries: Dictionaries, merging: IncidentMerging) -> None:
        self._moving = moving
        self._clock = moving.clock
        self._dictionaries = dictionaries
        self._deadlines = IncidentDeadlines(dictionaries)
        self._merging = merging

    async def check(
        self, principal: Principal, id: UUID, *, passed: bool, remark: Remark = NO_REMARK, expected: Seen = None
    ) -> Incident:
        """核查, by somebody who did not handle it: passed, or back to the unit; what no unit has is dispatched then.

        Raises `HandlerMayNotCheck`, `ReasonRequired`, `ReasonNotExpected`.
        """
        require_rework_reason(passed=passed, reason=remark.reason, subject=id)
        seen = await self._moving.begin(principal, id, Step.CHECK, expected)
        if passed:
            changes: dict[str, Any] = {"status": IncidentStatus.CHECKED, "checked_at": self._clock.now()}
            return await self._moving.move(principal.subject, seen, Step.CHECK, IncidentChecked, changes, remark)
        back = IncidentStatus.FILED if seen.unit_id is None else IncidentStatus.ACCEPTED
        changes = {"status": back, "feedback_at": None, "on_spot": False, "reworks": seen.reworks + 1}
        return await self._moving.move(principal.subject, seen, Step.REWORK, IncidentReworkOrdered, changes, remark)

    async def close(
        self, principal: Principal, id: UUID, remark: Remark = NO_REMARK, *, expected: Seen = None
    ) -> Incident:
        """结案: the checked incident is closed. Raises `IncidentSupervisionStands`."""
        seen = await self._moving.begin(principal, id, Step.CLOSE, expected)
        if seen.supervision is not None:
            raise IncidentSupervisionStands(id)
        changes = {"status": IncidentStatus.CLOSED, "closed_at": self._clock.now()}
        return await self._moving.move(principal.subject, seen, Step.CLOSE, IncidentClosed, changes, remark)

    async def reopen(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """重新立案: it is taken up again and dispatched anew, with a deadline that begins now."""
        await self._dictionaries.hold_calendar()
        seen = await self._moving.begin(principal, id, Step.REOPEN, expected)
        now = self._clock.now()
        due = await self._deadlines.again(seen, now)
        changes = {**ANEW, **due, "status": IncidentStatus.FILED, "reopened_at": now, "reopens": seen.reopens + 1}
        return await self._moving.move(principal.subject, seen, Step.REOPEN, IncidentReopened, changes, remark)

    async def undo(
        self, principal: Principal, id: UUID, reason: IncidentUndoReason, remark: Remark, *, expected: Seen
    ) -> Incident:
        """撤销上一步: what was done last was entered wrong; asked again, what was done before that.

        By who may take that step where it was taken. The history keeps both. Raises `IncidentNothingToUndo`,
        `Forbidden`.
        """
        await self._dictionaries.hold_calendar()
        await self._merging.lock_with_main(id)
        incident = await self._moving.incidents.locked_anywhere(id)
        if incident is None:
            raise NotFound(id)
        last, before = await self._last(incident)
        if not self._may(principal, incident, last, before):
            visible = await self._moving.incidents.locked(id, principal.department_scope("incident.read"))
            raise NotFound(id) if visible is None else Forbidden
        require_version(incident, expected)
        if last is None or last.last is None or before is None or before.content is None:
            raise IncidentNothingToUndo(id)
        if LIFECYCLE[Step(last.last)].by_other and await self._moving.incidents.has_done(
            id, principal.subject, HANDLED_BY
        ):
            raise Forbidden
        if last.last == Step.MERGE:
            await self._merging.part(principal.subject, incident)
        changes = read_back(before.content, placed=last.last == Step.PLACE)
        merged = {**{name: getattr(incident, name) for name in CLOCK}, **changes}
        if changes["status"] in OPEN and changes["status"] != IncidentStatus.SUSPENDED:
            changes |= await self._deadlines.of(merged)
        given = Remark(reason, remark.note, remark.photos)
        return await self._moving.go_back(
            principal.subject, incident, before, IncidentStepUndone, changes, given, undoes=before.version + 1
        )

    async def _last(self, incident: Incident) -> tuple[IncidentStep | None, IncidentStep | None]:
        """The last step, and the one to which an undo goes back."""
        last = await self._moving.incidents.step(incident.id, incident.version)
        if last is None or last.before is None:
            return last, None
        return last, await self._moving.incidents.step(incident.id, last.before)

    @staticmethod
    def _may(principal: Principal, incident: Incident, last: IncidentStep | None, before: IncidentStep | None) -> bool:
        """Whether the caller may take the last step where it was taken; if there is none, a step of what it is now."""
        if last is None or last.last is None or before is None or before.content is None:
            return principal.department_scope("incident.handle").allows(incident.area, incident.department)
        then = Incident(area=incident.area, level=before.content["level"], department=before.content["department"])
        return holds(principal, then, LIFECYCLE[Step(last.last)], last.department)
