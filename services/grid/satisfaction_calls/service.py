"""Satisfaction calls (满意度回访): due when an incident is closed, answered, given up, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.incidents.domain.codes import Source
from services.grid.incidents.domain.intake import OF_PEOPLE, who_reported
from services.grid.incidents.domain.lifecycle import HANDLED_BY
from services.grid.incidents.models import Incident
from services.grid.incidents.repository import IncidentRepository
from services.grid.satisfaction_calls.domain import (
    CallByHandler,
    CallFilter,
    CallIncidentOpen,
    CallNotTried,
    CallOfAnother,
    CallTransitionError,
    require_explained,
    require_transition,
)
from services.grid.satisfaction_calls.models import SatisfactionCall
from services.grid.satisfaction_calls.repository import SatisfactionCallRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.satisfaction_calls import (
    SatisfactionCallAnswered,
    SatisfactionCallAttempted,
    SatisfactionCallBoundaryChanged,
    SatisfactionCallDue,
    SatisfactionCallGivenUp,
    SatisfactionCallRestated,
    SatisfactionCallState,
    SatisfactionCallStatus,
    SatisfactionCallTakenBack,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS

READ, RECORD = "satisfaction_call.read", "satisfaction_call.record"


@dataclass(frozen=True)
class CallRecord:
    """A call with its note opened."""

    call: SatisfactionCall
    note: str | None


class SatisfactionCalls:
    """Use cases of satisfaction calls. A follower of incidents (`IncidentFollower`).

    Each step takes `expected`, the version that the caller saw (None: any), and raises `NotFound`, `VersionMismatch`,
    `CallTransitionError`, `CallIncidentOpen` if the incident was taken up again, and `CallByHandler`.
    """

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._access = context.access
        self._incidents = IncidentRepository(context.session)
        self._calls = SatisfactionCallRepository(context.session)

    async def follow(self, incident: Incident) -> None:
        """What somebody of the people reported is closed: whoever did is to be called, once, also of a duplicate.

        Closed anew after it was taken up again, all are: who has not been reached yet is called about the last closing.
        """
        if incident.status != IncidentStatus.CLOSED:
            return
        reports = [one for one in await self._incidents.reports(incident) if one.source in OF_PEOPLE]
        if not reports:
            return
        calls = await self._calls.of_incident_locked(incident.id)
        known = {_of(one) for one in calls if one.ended_at is None or one.round >= incident.reopens}
        for call in calls:
            if call.ended_at is None and call.round < incident.reopens:
                anew = {"round": incident.reopens, "closed_at": incident.closed_at}
                self._announce(SatisfactionCallDue, await compare_and_set(self._session, call, **anew))
        for one in reports:
            who = who_reported(Source(one.source), one.reporter, one.id)
            if who not in known:
                known.add(who)
                self._make(incident, one)

    async def follow_place(self, incident: Incident) -> None:
        """The incident lies under another code: so do its calls."""
        for one in await self._calls.of_incident_locked(incident.id):
            moved = await compare_and_set(self._session, one, area=incident.area, former=incident.former)
            self._announce(SatisfactionCallBoundaryChanged, moved)

    async def attempt(self, principal: Principal, id: UUID, *, expected: Seen = None) -> SatisfactionCall:
        """未接通: nobody answered; the call stays due."""
        seen = await self._locked(principal, id, expected, SatisfactionCallStatus.DUE)
        moved = await self._move(principal, seen, SatisfactionCallStatus.DUE, attempts=seen.attempts + 1)
        return self._announce(SatisfactionCallAttempted, moved)

    async def answer(
        self, principal: Principal, id: UUID, rating: int, note: str | None, *, expected: Seen = None
    ) -> SatisfactionCall:
        """已回访: what they said. Raises `ReasonRequired` for a bad rating that is not explained."""
        require_explained(rating, note)
        seen = await self._locked(principal, id, expected, SatisfactionCallStatus.DUE)
        sealed = None if note is None else self._crypto.seal(note, field="satisfaction_call.note", owner=str(id))
        changes = {"rating": rating, "note": sealed, "ended_at": self._clock.now()}
        moved = await self._move(principal, seen, SatisfactionCallStatus.ANSWERED, **changes)
        return self._announce(SatisfactionCallAnswered, moved)

    async def give_up(self, principal: Principal, id: UUID, *, expected: Seen = None) -> SatisfactionCall:
        """未能联系: no answer, which counts as none. Raises `CallNotTried`."""
        seen = await self._locked(principal, id, expected, SatisfactionCallStatus.DUE)
        if not seen.attempts:
            raise CallNotTried(id)
        moved = await self._move(principal, seen, SatisfactionCallStatus.UNREACHED, ended_at=self._clock.now())
        return self._announce(SatisfactionCallGivenUp, moved)

    async def take_back(self, principal: Principal, id: UUID, *, expected: Seen = None) -> SatisfactionCall:
        """撤回: the answer, the giving up, or the last attempt was entered by mistake. What has a later round stays.

        Raises `CallOfAnother` for an answer that somebody else entered, below the county.
        """
        seen = await self._locked(principal, id, expected)
        of_another = seen.rating is not None and seen.changed_by != principal.subject
        if of_another and not principal.department_scope(RECORD).allows(seen.area[:COUNTY_DIGITS], None):
            raise CallOfAnother(id)
        calls = await self._calls.of_incident_locked(seen.incident_id)
        if any(one.round > seen.round and _of(one) == _of(seen) for one in calls):
            raise CallTransitionError(id)
        changes: dict[str, Any] = {"rating": None, "note": None, "ended_at": None}
        if SatisfactionCallStatus(seen.status) is SatisfactionCallStatus.DUE:
            if not seen.attempts:
                raise CallTransitionError(id)
            changes["attempts"] = seen.attempts - 1
        moved = await self._move(principal, seen, SatisfactionCallStatus.DUE, **changes)
        return self._announce(SatisfactionCallTakenBack, moved)

    async def read(self, principal: Principal, id: UUID) -> CallRecord:
        """A call with its note; noted in the access log, because the note may speak of people. Raises `NotFound`."""
        scope = principal.department_scope(READ)
        call = await self._calls.get(id, scope.where(SatisfactionCall.area, Incident.department))
        if call is None:
            raise NotFound(id)
        self._access.note(
            principal,
            action="read",
            noun="grid.satisfaction_call",
            object_id=id,
            area=call.area,
            purpose=Purpose.INCIDENT,
            detail=Detail.FULL,
        )
        sealed = call.note
        note = None if sealed is None else self._crypto.open(sealed, field="satisfaction_call.note", owner=str(id))
        return CallRecord(call, note)

    async def page(
        self, principal: Principal, wanted: CallFilter, *, after: UUID | None, limit: int
    ) -> Sequence[SatisfactionCall]:
        """Calls of incidents in the caller's areas and departments, without notes.

        Raises `NotFound` for an area in which the caller sees nothing.
        """
        scope = principal.department_scope(READ, within=wanted.area)
        where = scope.where(SatisfactionCall.area, Incident.department)
        return await self._calls.page(where, wanted, after=after, limit=limit)

    async def count(self, principal: Principal, wanted: CallFilter) -> int:
        """How many a complete list with the same filter would show. Raises as `page`."""
        scope = principal.department_scope(READ, within=wanted.area)
        return await self._calls.count(scope.where(SatisfactionCall.area, Incident.department), wanted)

    def _make(self, incident: Incident, reported: Incident) -> None:
        assert incident.closed_at is not None, "it is closed"
        call = SatisfactionCall(
            id=new_id(),
            version=1,
            incident_id=incident.id,
            reported_id=reported.id,
            reporter=reported.reporter,
            round=incident.reopens,
            area=incident.area,
            former=incident.former,
            source=reported.source,
            category=incident.category,
            status=SatisfactionCallStatus.DUE,
            closed_at=incident.closed_at,
            attempts=0,
        )
        self._calls.add(call)
        self._announce(SatisfactionCallDue, call)

    async def _locked(
        self, principal: Principal, id: UUID, expected: Seen, begins: SatisfactionCallStatus | None = None
    ) -> SatisfactionCall:
        scope = principal.department_scope(RECORD)
        found = await self._calls.locked(id, scope.where(SatisfactionCall.area, Incident.department))
        if found is None:
            raise NotFound(id)
        call, incident = found
        scope.require(call.area, incident.department)
        require_version(call, expected)
        if begins is not None and SatisfactionCallStatus(call.status) is not begins:
            raise CallTransitionError(id)
        if incident.status != IncidentStatus.CLOSED or not await self._calls.is_still_of(call):
            raise CallIncidentOpen(id)
        if await self._incidents.has_done(incident.id, principal.subject, HANDLED_BY):
            raise CallByHandler(id)
        return call

    async def _move(
        self, principal: Principal, seen: SatisfactionCall, to: SatisfactionCallStatus, **changes: Any
    ) -> SatisfactionCall:
        require_transition(SatisfactionCallStatus(seen.status), to)
        moved = await compare_and_set(self._session, seen, status=to, changed_by=principal.subject, **changes)
        assert moved is not None, "the row is locked"
        return moved

    def _announce(self, fact: type[Fact[SatisfactionCallState]], call: SatisfactionCall | None) -> SatisfactionCall:
        assert call is not None, "the row is locked"
        self._outbox.add(fact(state=SatisfactionCallState.model_validate(call)))
        return call


def _of(call: SatisfactionCall) -> tuple[str, UUID | None]:
    return who_reported(Source(call.source), call.reporter, call.reported_id)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[SatisfactionCallRestated]:
    """The next calls' states, rows locked."""
    found = await SatisfactionCallRepository(session).locked_after(None if after is None else UUID(after), limit)
    return [SatisfactionCallRestated(state=SatisfactionCallState.model_validate(one)) for one in found]
