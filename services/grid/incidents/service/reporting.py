"""Reporting of incidents (事件上报): over HTTP, or out of a request of the county's hotline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.grid.dictionaries.domain import Treatment
from services.grid.dictionaries.service import Dictionaries
from services.grid.incidents.domain.codes import Source
from services.grid.incidents.domain.refusals import OfficialSource
from services.grid.incidents.domain.rules import IncidentPolicy
from services.grid.incidents.models import Incident, IncidentRequest
from services.grid.incidents.repository import IncidentRepository
from services.grid.incidents.service.moving import IncidentMoving
from services.grid.incidents.service.places import Places
from services.grid.incidents.service.remarks import Remark
from shared.auth.principal import Principal
from shared.contracts.grid.incidents import IncidentReported, IncidentStatus
from shared.contracts.points import Point
from shared.contracts.severity import Severity
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import GRID_DIGITS


@dataclass(frozen=True)
class NewRequest:
    """What the county's hotline says of the caller; it stays sealed here."""

    received_at: datetime
    caller_name: str | None = None
    caller_phone: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class NewIncident:
    """What is reported: at a point that lies in a grid, in an area, or both. `request`: if a hotline sent it in.

    `reported_at`: when somebody reported it, if that was before it is entered here.
    """

    source: Source
    category: str
    severity: Severity
    area: str | None = None
    point: Point | None = None
    description: str | None = None
    request: NewRequest | None = None
    photos: Sequence[UUID] = ()
    reported_at: datetime | None = None


class IncidentReporting:
    """Use case that makes an incident."""

    def __init__(
        self,
        context: UseCaseContext,
        moving: IncidentMoving,
        *,
        places: Places,
        dictionaries: Dictionaries,
        policy: IncidentPolicy,
    ) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._incidents = IncidentRepository(context.session)
        self._moving = moving
        self._policy = policy
        self._places = places
        self._dictionaries = dictionaries

    async def report(self, principal: Principal, new: NewIncident) -> Incident:
        """上报. Outside the caller's areas only as a resident, from anywhere, and with the source 居民.

        Raises `NotFound`, `OfficialSource`, `CategoryUnknown`, and as `IncidentPhotos.keep` and
        `Places.area_of`.
        """
        if new.area is not None and not principal.owns("incident.report"):
            principal.require_area("incident.report", new.area)
        own = principal.scope("incident.report")
        area = await self._places.area_of(new.point, new.area, own=own)
        if not own.allows(area):
            if not principal.owns("incident.report"):
                raise NotFound
            if new.source is not Source.RESIDENT:
                raise OfficialSource
        return await self._make(principal.subject, area, new)

    async def take_in(self, sender: str, new: NewIncident) -> Incident:
        """What a system of the county sends in, from any area. Raises as `report`."""
        return await self._make(sender, await self._places.area_of(new.point, new.area), new)

    async def _make(self, reporter: str, area: str, new: NewIncident) -> Incident:
        await self._dictionaries.require(new.category, new.severity)
        incident_id, reported_at = new_id(), new.reported_at or self._clock.now()
        incident = Incident(
            id=incident_id,
            area=area,
            longitude=new.point.longitude if new.point else None,
            latitude=new.point.latitude if new.point else None,
            source=new.source,
            category=new.category,
            severity=new.severity,
            treatment=Treatment.ROUTINE,
            description=self._sealed(new.description, "incident.description", str(incident_id)),
            reporter=reporter,
            status=IncidentStatus.REPORTED,
            unit_id=None,
            dictionary_version=None,
            reported_at=reported_at,
            file_by=self._policy.file_by(
                new.source, reported_at, None if new.request is None else new.request.received_at
            ),
            due_provisional=False,
            deferred=False,
            returns=0,
            reworks=0,
            former=[],
            unplaced=False,
            level=GRID_DIGITS,
            reopens=0,
            on_spot=False,
            pauses=[],
            orders=[],
            duplicates=0,
            urges=0,
            version=1,
        )
        self._incidents.add(incident)
        await self._session.flush()  # step and request refer to it
        await self._moving.reported(incident, IncidentReported, Remark(photos=new.photos))
        if new.request is not None:
            self._keep(incident_id, new.request)
        return incident

    def _keep(self, incident_id: UUID, request: NewRequest) -> None:
        owner = str(incident_id)
        self._incidents.add(
            IncidentRequest(
                incident_id=incident_id,
                received_at=request.received_at,
                caller_name=self._sealed(request.caller_name, "incident.caller_name", owner),
                caller_phone=self._sealed(request.caller_phone, "incident.caller_phone", owner),
                address=self._sealed(request.address, "incident.address", owner),
            )
        )

    def _sealed(self, text: str | None, field: str, owner: str) -> bytes | None:
        return None if text is None else self._crypto.seal(text, field=field, owner=owner)
