"""Leave for incidents (缓办, 挂起): asked for by the unit, given by somebody else; and the clock that stands still."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.grid.dictionaries.service import Dictionaries
from services.grid.incidents.domain.codes import DeferralReason, LeaveKind
from services.grid.incidents.domain.lifecycle import Step
from services.grid.incidents.domain.refusals import IncidentLeaveAskedAlready, IncidentLeaveNotAsked
from services.grid.incidents.domain.rules import leave_ends, require_deferrable
from services.grid.incidents.models import Incident
from services.grid.incidents.service.deadlines import IncidentDeadlines
from services.grid.incidents.service.incidents import CLOCK
from services.grid.incidents.service.moving import IncidentMoving
from services.grid.incidents.service.remarks import NO_REMARK, Remark
from shared.auth.principal import Principal
from shared.contracts.grid.incident_steps import (
    IncidentDeferred,
    IncidentLeaveAsked,
    IncidentLeaveRefused,
    IncidentResumed,
    IncidentSuspended,
)
from shared.contracts.grid.incidents import IncidentStatus
from shared.db.compare_and_set import Seen


class IncidentLeaves:
    """Use cases of leave; they raise as those of `Incidents`, and `HandlerGivesNoLeave` to who handles it."""

    def __init__(self, moving: IncidentMoving, dictionaries: Dictionaries) -> None:
        self._moving = moving
        self._clock = moving.clock
        self._dictionaries = dictionaries
        self._deadlines = IncidentDeadlines(dictionaries)

    async def ask(
        self, principal: Principal, id: UUID, kind: LeaveKind, until: date, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """申请缓办或挂起: the unit asks for leave until a day, for a reason.

        Raises `IncidentLeaveAskedAlready`, `IncidentLeaveUntilWrong`; for a deferral as `require_deferrable`.
        """
        seen = await self._moving.begin(principal, id, Step.ASK_LEAVE, expected)
        if seen.leave is not None:
            raise IncidentLeaveAskedAlready(id)
        now = self._clock.now()
        self._require(seen, kind, until, now)
        asked = {"kind": kind.value, "until": until.isoformat(), "reason": remark.reason, "at": now.isoformat()}
        changes = {"leave": asked}
        return await self._moving.move(principal.subject, seen, Step.ASK_LEAVE, IncidentLeaveAsked, changes, remark)

    async def grant(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """同意申请: leave is given as it was asked for. Raises `IncidentLeaveNotAsked`, and as `ask`."""
        seen = await self._moving.begin(principal, id, Step.GRANT_LEAVE, expected)
        if seen.leave is None:
            raise IncidentLeaveNotAsked(id)
        kind, until = LeaveKind(seen.leave["kind"]), date.fromisoformat(seen.leave["until"])
        given = Remark(DeferralReason(seen.leave["reason"]), remark.note or "同意", remark.photos)
        changes = self._given(seen, kind, until)
        fact = IncidentDeferred if kind is LeaveKind.DEFERRAL else IncidentSuspended
        return await self._moving.move(principal.subject, seen, Step.GRANT_LEAVE, fact, changes, given)

    async def refuse(self, principal: Principal, id: UUID, remark: Remark, *, expected: Seen = None) -> Incident:
        """不同意申请. Raises `IncidentLeaveNotAsked`."""
        seen = await self._moving.begin(principal, id, Step.REFUSE_LEAVE, expected)
        if seen.leave is None:
            raise IncidentLeaveNotAsked(id)
        changes = {"leave": None}
        return await self._moving.move(
            principal.subject, seen, Step.REFUSE_LEAVE, IncidentLeaveRefused, changes, remark
        )

    async def defer(
        self, principal: Principal, id: UUID, remark: Remark, *, until: date | None = None, expected: Seen = None
    ) -> Incident:
        """缓办: leave to handle it after its deadline, from whoever dispatches; it is not counted among the due.

        Raises `IncidentDeferralTooLate` after the deadline, `IncidentDeferredAlready`, `IncidentLeaveUntilWrong`.
        """
        seen = await self._moving.begin(principal, id, Step.DEFER, expected)
        changes = self._given(seen, LeaveKind.DEFERRAL, until)
        return await self._moving.move(principal.subject, seen, Step.DEFER, IncidentDeferred, changes, remark)

    async def suspend(
        self, principal: Principal, id: UUID, until: date, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """挂起: its clock stands still until its handling goes on, from whoever dispatches.

        Raises `IncidentLeaveUntilWrong`.
        """
        seen = await self._moving.begin(principal, id, Step.SUSPEND, expected)
        changes = self._given(seen, LeaveKind.SUSPENSION, until)
        return await self._moving.move(principal.subject, seen, Step.SUSPEND, IncidentSuspended, changes, remark)

    async def resume(
        self, principal: Principal, id: UUID, remark: Remark = NO_REMARK, *, expected: Seen = None
    ) -> Incident:
        """恢复处置: the clock runs again; deadline and end of a deferral move by the time for which it stood still."""
        await self._dictionaries.hold_calendar()
        seen = await self._moving.begin(principal, id, Step.RESUME, expected)
        *ended, last = seen.pauses
        now = self._clock.now()
        changes: dict[str, Any] = {
            "status": IncidentStatus(last["status"]),
            "suspended_until": None,
            "pauses": [*ended, {**last, "to": now.isoformat()}],
        }
        if seen.deferred_until is not None:
            changes["deferred_until"] = seen.deferred_until + (now - datetime.fromisoformat(last["from"]))
        changes |= await self._deadlines.of({name: changes.get(name, getattr(seen, name)) for name in CLOCK})
        return await self._moving.move(principal.subject, seen, Step.RESUME, IncidentResumed, changes, remark)

    def _given(self, incident: Incident, kind: LeaveKind, until: date | None) -> dict[str, Any]:
        """What leave changes. Raises as `ask`."""
        now = self._clock.now()
        end = self._require(incident, kind, until, now)
        if kind is LeaveKind.DEFERRAL:
            return {"deferred": True, "deferred_until": end, "leave": None}
        pause = {"from": now.isoformat(), "to": None, "status": incident.status}
        return {
            "status": IncidentStatus.SUSPENDED,
            "suspended_until": end,
            "pauses": [*incident.pauses, pause],
            "leave": None,
        }

    def _require(self, incident: Incident, kind: LeaveKind, until: date | None, now: datetime) -> datetime | None:
        if kind is LeaveKind.DEFERRAL:
            require_deferrable(deferred=incident.deferred, due_at=incident.due_at, now=now)
        after = incident.due_at if kind is LeaveKind.DEFERRAL else None
        return None if until is None else leave_ends(until, now, after=after)
