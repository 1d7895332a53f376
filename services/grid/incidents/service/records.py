"""Records of incidents (事件档案): one with its history, lists, counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.incidents.domain.lifecycle import Step
from services.grid.incidents.domain.rules import IncidentFilter, assistants
from services.grid.incidents.models import Incident, IncidentStep
from services.grid.incidents.repository import IncidentRepository, reaches
from services.grid.incidents.service.photos import NOUN
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.auth.scope import inside
from shared.contracts.grid.incidents import IncidentRestated, IncidentState, IncidentStatus
from shared.crypto.masking import STARS, mask_name, mask_phone
from shared.errors import Forbidden, NotFound, PurposeRequired
from shared.files.repository import FileRepository, Stored
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class RequestRecord:
    """What the county's hotline said of the caller: masked, or in full."""

    received_at: datetime
    caller_name: str | None
    caller_phone: str | None
    address: str | None
    masked: bool


@dataclass(frozen=True)
class StepRecord:
    """A line of the history with its note opened. A reporter is shown no actor and no note."""

    version: int
    step: str
    status: IncidentStatus
    actor: str | None
    at: datetime
    reason: str | None
    unit_id: UUID | None
    note: str | None
    photos: Sequence[UUID]
    undoes: int | None


@dataclass(frozen=True)
class IncidentRecord:
    """An incident with its free text opened and its history; `request` if a hotline sent it in.

    `main`: the incident that goes on for it, if it was merged.
    """

    incident: Incident
    description: str | None
    request: RequestRecord | None
    main: Incident | None
    steps: Sequence[StepRecord]


@dataclass(frozen=True)
class IncidentCounts:
    """How many a list shows. The overdue ones are counted in `count` and `by_status` as well."""

    count: int
    overdue: int
    by_status: dict[str, int]


class IncidentRecords:
    """Use cases that read incidents."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._incidents = IncidentRepository(context.session)
        self._files = FileRepository(context.session, context.crypto, context.clock)

    async def read(
        self, principal: Principal, id: UUID, *, purpose: Purpose | None = None, full: bool = False
    ) -> IncidentRecord:
        """An incident, opened; noted in the access log, because the free text may speak of people.

        Whoever sees it only as its reporter learns what was done and when, but not by whom, nor what was remarked; of
        reasons only that of a rejection, and of photos the own ones. `full`: the caller unmasked, to be called back,
        for a stated purpose and by a grant that has `incident.caller` too. Raises `NotFound`, `Forbidden`,
        `PurposeRequired`.
        """
        incident, place = await self._seen(principal, id)
        officially = place is not None
        place = place or (incident.area, incident.department)
        if full and not principal.department_scope("incident.read", "incident.caller").allows(*place):
            raise Forbidden
        if full and purpose is None:
            raise PurposeRequired.at("query.purpose")
        self._access.note(
            principal,
            action="read_caller" if full else "read",
            noun="grid.incident",
            object_id=id,
            area=incident.area,
            purpose=purpose or Purpose.INCIDENT,
            detail=Detail.FULL,
            role=principal.role_in("incident.caller" if full else "incident.read", *place),
        )
        return IncidentRecord(
            incident=incident,
            description=self._opened(incident.description, "incident.description", str(id)),
            request=await self._request(id, full=full) if officially else None,
            main=await self._incidents.main_of(incident),
            steps=[
                self._step(step, officially, own=step.actor == principal.subject)
                for step in await self._incidents.steps(id)
            ],
        )

    async def photo(self, principal: Principal, id: UUID, photo: UUID) -> Stored:
        """A photo of an incident, noted as read: of those that `read` names to the caller. Raises `NotFound`."""
        incident, place = await self._seen(principal, id)
        named = {
            UUID(one)
            for step in await self._incidents.steps(id)
            if place is not None or step.actor == principal.subject
            for one in step.photos
        }
        found = await self._files.one(photo) if photo in named else None
        if found is None or not found.belongs_to(NOUN, id):
            raise NotFound(photo)
        self._access.note(
            principal,
            action="read_photo",
            noun=NOUN,
            object_id=id,
            area=incident.area,
            purpose=Purpose.INCIDENT,
            detail=Detail.FULL,
            role=principal.role_in("incident.read", *(place or (incident.area, incident.department))),
        )
        return found

    async def _seen(self, principal: Principal, id: UUID) -> tuple[Incident, tuple[str, str | None] | None]:
        """An incident, and the place for which the caller sees it: None if only as its reporter. Raises `NotFound`."""
        incident = await self._incidents.get(id)
        if incident is None:
            raise NotFound
        scope = principal.department_scope("incident.read")
        for department in (incident.department, *sorted(assistants(incident.orders))):
            if scope.allows(incident.area, department):
                return incident, (incident.area, department)
        if incident.reporter != principal.subject:
            raise NotFound
        return incident, None

    def _step(self, step: IncidentStep, officially: bool, *, own: bool) -> StepRecord:
        owner = f"{step.incident_id}:{step.version}"
        return StepRecord(
            version=step.version,
            step=step.step,
            status=IncidentStatus(step.status),
            actor=step.actor if officially else None,
            at=step.at,
            reason=step.reason if officially or step.step == Step.REJECT else None,
            unit_id=step.unit_id,
            note=self._opened(step.note, "incident_step.note", owner) if officially else None,
            photos=[UUID(one) for one in step.photos] if officially or own else [],
            undoes=step.undoes,
        )

    async def _request(self, id: UUID, *, full: bool) -> RequestRecord | None:
        request = await self._incidents.request(id)
        if request is None:
            return None
        name = self._opened(request.caller_name, "incident.caller_name", str(id))
        phone = self._opened(request.caller_phone, "incident.caller_phone", str(id))
        address = self._opened(request.address, "incident.address", str(id))
        if not full:
            name, phone = name and mask_name(name), phone and mask_phone(phone)
            address = address and STARS
        return RequestRecord(
            received_at=request.received_at, caller_name=name, caller_phone=phone, address=address, masked=not full
        )

    async def page(
        self, principal: Principal, wanted: IncidentFilter, *, after: UUID | None = None, limit: int = 50
    ) -> Sequence[Incident]:
        """Incidents in the caller's areas and those the caller reported, newest first; without free text.

        Raises `NotFound` for an area in which the caller sees nothing.
        """
        scope = _visible_to(principal, wanted.area)
        return await self._incidents.page(scope, wanted, now=self._clock.now(), after=after, limit=limit)

    async def counts(self, principal: Principal, wanted: IncidentFilter) -> IncidentCounts:
        """How many a complete list with the same filter would show. Raises as `page`."""
        now, scope = self._clock.now(), _visible_to(principal, wanted.area)
        by_status = await self._incidents.counts(scope, wanted, now=now)
        late = await self._incidents.counts(scope, wanted, now=now, overdue=True)
        return IncidentCounts(count=sum(by_status.values()), overdue=sum(late.values()), by_status=by_status)

    def _opened(self, sealed: bytes | None, field: str, owner: str) -> str | None:
        return None if sealed is None else self._crypto.open(sealed, field=field, owner=owner)


def _visible_to(principal: Principal, area: str | None) -> ColumnElement[bool]:
    """The one predicate of list and counts."""
    own = Incident.reporter == principal.subject
    if area is not None:
        own = and_(own, inside(Incident.area, area))
    try:
        scope = principal.department_scope("incident.read", within=area)
    except NotFound:
        if not principal.owns("incident.read"):  # a resident has no area in which to see nothing
            raise
        return own
    return or_(reaches(scope), own)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[IncidentRestated]:
    """The next incidents' states, rows locked."""
    incidents = await IncidentRepository(session).locked_after(None if after is None else UUID(after), limit)
    return [IncidentRestated(state=IncidentState.model_validate(incident)) for incident in incidents]
