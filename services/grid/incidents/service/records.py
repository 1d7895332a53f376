"""Read incidents: one with its history, lists, counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.inbound.repository import InboundRepository
from services.grid.incidents.domain import IncidentFilter
from services.grid.incidents.models import Incident, IncidentStep
from services.grid.incidents.repository import IncidentRepository
from services.grid.states import incident_state
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.auth.scope import inside
from shared.contracts.grid.incidents import IncidentRestated
from shared.crypto.masking import STARS, mask_name, mask_phone
from shared.errors import NotFound, PurposeRequired
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class RequestRecord:
    """What the county's hotline told of the caller: masked, or in full."""

    received_on: datetime
    caller_name: str | None
    caller_phone: str | None
    address: str | None
    masked: bool


@dataclass(frozen=True)
class IncidentRecord:
    """An incident with its free text opened and its steps, each with its note; who asked, if a hotline told."""

    incident: Incident
    description: str | None
    request: RequestRecord | None
    steps: Sequence[tuple[IncidentStep, str | None]]


@dataclass(frozen=True)
class IncidentCounts:
    """`overdue` are among `by_status`."""

    total: int
    overdue: int
    by_status: dict[str, int]


class IncidentRecords:
    def __init__(self, context: UseCaseContext) -> None:
        self.context = context
        self.incidents = IncidentRepository(context.session)
        self.inbound = InboundRepository(context.session)

    async def read(
        self, principal: Principal, incident_id: UUID, *, purpose: Purpose | None = None, full: bool = False
    ) -> IncidentRecord:
        """Noted in the access log: the free text may speak of people. `full`: the caller too, to be called back, for a
        purpose, with `incident.caller` in the incident's area. Raises NotFound, PurposeRequired, Forbidden."""
        if full:
            principal.require("incident.caller")
            if purpose is None:
                raise PurposeRequired
        incident = await self.incidents.get(incident_id)
        if incident is None:
            raise NotFound
        if incident.reporter != principal.subject:
            principal.scope("incident.read").require(incident.area)
        if full:
            principal.scope("incident.caller").require(incident.area)
        self.context.access.note(
            principal,
            action="read_caller" if full else "read",
            noun="grid.incident",
            object_id=incident_id,
            area=incident.area,
            purpose=purpose or Purpose.INCIDENT,
            detail=Detail.FULL,
            role=principal.role_in("incident.caller" if full else "incident.read", incident.area),
        )
        steps = await self.incidents.steps(incident_id)
        return IncidentRecord(
            incident,
            self._opened(incident.description, "incident.description", str(incident_id)),
            await self._request(incident_id, full=full),
            [(step, self._opened(step.note, "incident_step.note", f"{incident_id}:{step.version}")) for step in steps],
        )

    async def _request(self, incident_id: UUID, *, full: bool) -> RequestRecord | None:
        told = await self.inbound.request(incident_id)
        if told is None:
            return None
        name = self._opened(told.caller_name, "incident.caller_name", str(incident_id))
        phone = self._opened(told.caller_phone, "incident.caller_phone", str(incident_id))
        address = self._opened(told.address, "incident.address", str(incident_id))
        if not full:
            name, phone = name and mask_name(name), phone and mask_phone(phone)
            address = address and STARS
        return RequestRecord(told.received_on, name, phone, address, masked=not full)

    async def visible(
        self, principal: Principal, wanted: IncidentFilter, *, after: UUID | None = None, limit: int = 50
    ) -> Sequence[Incident]:
        """Incidents in the caller's areas and those the caller reported, newest first; without free text.

        Raises NotFound for an area in which the caller sees nothing.
        """
        now, seen = self.context.clock.now(), _seen_by(principal, wanted.area)
        return await self.incidents.visible(seen, wanted, now=now, after=after, limit=limit)

    async def counts(self, principal: Principal, wanted: IncidentFilter) -> IncidentCounts:
        """How many a complete list with the same filter would show. Raises as `visible`."""
        now, seen = self.context.clock.now(), _seen_by(principal, wanted.area)
        by_status = await self.incidents.counts(seen, wanted, now=now)
        late = await self.incidents.counts(seen, wanted, now=now, overdue=True)
        return IncidentCounts(sum(by_status.values()), sum(late.values()), by_status)

    def _opened(self, sealed: bytes | None, field: str, owner: str) -> str | None:
        return None if sealed is None else self.context.crypto.open(sealed, field=field, owner=owner)


def _seen_by(principal: Principal, area: str | None) -> ColumnElement[bool]:
    """The one predicate of list and counts."""
    own = Incident.reporter == principal.subject
    if area is not None:
        own = and_(own, inside(Incident.area, area))
    if not principal.may_in_area("incident.read"):
        return own
    return or_(principal.scope("incident.read", within=area).where(Incident.area), own)


async def restate_incidents(session: AsyncSession, after: str | None, limit: int) -> Sequence[IncidentRestated]:
    """The next incidents' states, rows locked."""
    found = await IncidentRepository(session).locked_after(None if after is None else UUID(after), limit)
    return [IncidentRestated(state=incident_state(incident)) for incident in found]
