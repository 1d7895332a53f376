"""Public reports (随手拍) at the office: looked at, filed as an incident, joined to one, dismissed, taken up again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.incidents.domain.codes import FilingGround, Source
from services.grid.incidents.domain.lifecycle import OPEN
from services.grid.incidents.domain.nearness import metres_between
from services.grid.incidents.domain.refusals import IncidentAreaUnknown
from services.grid.incidents.repository import IncidentRepository, reaches
from services.grid.incidents.service.incidents import Incidents
from services.grid.incidents.service.merging import Similar
from services.grid.incidents.service.places import Places
from services.grid.incidents.service.remarks import Remark
from services.grid.incidents.service.reporting import IncidentReporting, NewIncident, NewRequest
from services.grid.public_reports.domain import (
    PublicDismissal,
    PublicReportFilter,
    PublicReportJoinWrong,
    require_explained,
    require_transition,
)
from services.grid.public_reports.models import PublicReport
from services.grid.public_reports.repository import PublicReportRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.grid.public_reports import (
    PublicReportDismissed,
    PublicReportFiled,
    PublicReportJoined,
    PublicReportRestated,
    PublicReportState,
    PublicReportStatus,
    PublicReportTakenUpAgain,
)
from shared.contracts.points import Point
from shared.contracts.severity import Severity
from shared.crypto.masking import mask_phone
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

READ, DECIDE = "public_report.read", "public_report.decide"
FILED_BY = "public:"
"""Begins the reporter of an incident that was filed of a public report; the report's id follows."""


@dataclass(frozen=True)
class PublicReportRecord:
    """A report with its words opened and the number to be called masked: whoever calls reads it in the incident."""

    report: PublicReport
    description: str | None
    phone: str | None
    note: str | None


class PublicReports:
    """Use cases of offices; each step takes `expected`, the version that the caller saw (None: any).

    They raise `NotFound`, `VersionMismatch`, `PublicReportTransitionError`.
    """

    def __init__(
        self, context: UseCaseContext, reporting: IncidentReporting, filing: Incidents, places: Places
    ) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._access = context.access
        self._reporting = reporting
        self._filing = filing
        self._places = places
        self._reports = PublicReportRepository(context.session)
        self._incidents = IncidentRepository(context.session)

    async def file(
        self, principal: Principal, id: UUID, severity: Severity, ground: FilingGround | None, *, expected: Seen = None
    ) -> PublicReport:
        """立案: an incident is made of it and filed at once, by its category and as of when it was reported.

        Raises as reporting and filing of incidents do.
        """
        report = await self._locked(principal, id, expected, PublicReportStatus.FILED)
        point = None
        if report.longitude is not None and report.latitude is not None:
            point = Point(longitude=report.longitude, latitude=report.latitude)
        phone = self._opened(report.phone, "public_report.phone", str(id))
        incident = await self._reporting.take_in(
            f"{FILED_BY}{id}",
            NewIncident(
                source=Source.PUBLIC,
                category=report.category,
                severity=severity,
                area=await self._place(report),
                point=point,
                description=self._opened(report.description, "public_report.description", str(id)),
                request=None if phone is None else NewRequest(received_at=report.reported_at, caller_phone=phone),
                reported_at=report.reported_at,
            ),
        )
        await self._filing.file(principal, incident.id, Remark(ground))
        return await self._move(principal, report, PublicReportStatus.FILED, PublicReportFiled, incident_id=incident.id)

    async def join(self, principal: Principal, id: UUID, incident_id: UUID, *, expected: Seen = None) -> PublicReport:
        """并入: it is about an open incident of the same village, whose progress its reporter is shown from now on.

        Raises `PublicReportJoinWrong`, `NotFound` for an incident that the caller does not see.
        """
        report = await self._locked(principal, id, expected, PublicReportStatus.JOINED)
        scope = principal.department_scope("incident.read")
        incident = await self._incidents.get(incident_id)
        if incident is None or not await self._incidents.is_reached(incident_id, scope):
            raise NotFound.at("incident_id", subject=incident_id)
        if incident.status not in OPEN or village_of(incident.area) != village_of(report.area):
            raise PublicReportJoinWrong.at("incident_id", subject=id)
        return await self._move(
            principal, report, PublicReportStatus.JOINED, PublicReportJoined, incident_id=incident_id
        )

    async def dismiss(
        self, principal: Principal, id: UUID, reason: PublicDismissal, note: str | None, *, expected: Seen = None
    ) -> PublicReport:
        """不予受理: it is not taken up. Its reporter is shown the reason, never the note. Raises `ReasonRequired`."""
        require_explained(reason, note)
        report = await self._locked(principal, id, expected, PublicReportStatus.DISMISSED)
        sealed = None if note is None else self._crypto.seal(note, field="public_report.note", owner=str(id))
        return await self._move(
            principal, report, PublicReportStatus.DISMISSED, PublicReportDismissed, reason=reason.value, note=sealed
        )

    async def take_up_again(self, principal: Principal, id: UUID, *, expected: Seen) -> PublicReport:
        """撤销审核: a dismissal or joining was a mistake; the report is held again."""
        report = await self._locked(principal, id, expected, PublicReportStatus.HELD)
        nothing: dict[str, Any] = {"reason": None, "note": None, "incident_id": None}
        return await self._move(principal, report, PublicReportStatus.HELD, PublicReportTakenUpAgain, **nothing)

    async def similar(self, principal: Principal, id: UUID) -> Sequence[Similar]:
        """疑似重复: open incidents of the same category near it in place and time, the nearest first."""
        report = await self._seen(principal, id)
        scope = principal.department_scope("incident.read")
        policy = self._filing.policy
        found = [
            Similar(one, metres_between(report, one))
            for one in await self._incidents.near(report, reaches(scope), policy)
        ]
        near = [one for one in found if one.metres is None or one.metres <= policy.near_metres]
        return sorted(near, key=lambda one: (one.metres is None, one.metres, one.incident.id))

    async def read(self, principal: Principal, id: UUID) -> PublicReportRecord:
        """A report, opened; noted in the access log, because the words may speak of people."""
        report = await self._seen(principal, id)
        self._access.note(
            principal,
            action="read",
            noun="grid.public_report",
            object_id=id,
            area=report.area,
            purpose=Purpose.INCIDENT,
            detail=Detail.FULL,
            role=principal.role_in(READ, report.area),
        )
        phone = self._opened(report.phone, "public_report.phone", str(id))
        return PublicReportRecord(
            report=report,
            description=self._opened(report.description, "public_report.description", str(id)),
            phone=None if phone is None else mask_phone(phone),
            note=self._opened(report.note, "public_report.note", str(id)),
        )

    async def page(
        self, principal: Principal, wanted: PublicReportFilter, *, after: UUID | None = None, limit: int = 50
    ) -> Sequence[PublicReport]:
        """Reports of the caller's areas, the oldest first. Raises `NotFound` for an area outside."""
        scope = principal.scope(READ, within=wanted.area).where(PublicReport.area)
        return await self._reports.page(scope, wanted, after=after, limit=limit)

    async def count(self, principal: Principal, wanted: PublicReportFilter) -> int:
        """How many `page` gives in all."""
        return await self._reports.count(principal.scope(READ, within=wanted.area).where(PublicReport.area), wanted)

    async def _place(self, report: PublicReport) -> str:
        """Where it lies today: its grid, or its village if that grid is no more."""
        try:
            await self._places.require_area(report.area)
        except IncidentAreaUnknown:
            return village_of(report.area)
        return report.area

    async def _seen(self, principal: Principal, id: UUID) -> PublicReport:
        report = await self._reports.get(id, principal.scope(READ).where(PublicReport.area))
        if report is None:
            raise NotFound(id)
        return report

    async def _locked(self, principal: Principal, id: UUID, expected: Seen, to: PublicReportStatus) -> PublicReport:
        report = await self._reports.locked(id)
        if report is None or not principal.scope(DECIDE).allows(report.area):
            raise NotFound(id)
        require_version(report, expected)
        require_transition(PublicReportStatus(report.status), to)
        return report

    async def _move(
        self,
        principal: Principal,
        report: PublicReport,
        to: PublicReportStatus,
        fact: type[Fact[PublicReportState]],
        **changes: Any,
    ) -> PublicReport:
        decided = None if to is PublicReportStatus.HELD else self._clock.now()
        moved = await compare_and_set(
            self._session, report, status=to, decided_at=decided, decided_by=principal.subject, **changes
        )
        assert moved is not None, "the row is locked"
        self._outbox.add(fact(state=PublicReportState.model_validate(moved)))
        return moved

    def _opened(self, sealed: bytes | None, field: str, owner: str) -> str | None:
        return None if sealed is None else self._crypto.open(sealed, field=field, owner=owner)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[PublicReportRestated]:
    """The next reports' states, rows locked."""
    found = await PublicReportRepository(session).locked_after(None if after is None else UUID(after), limit)
    return [PublicReportRestated(state=PublicReportState.model_validate(one)) for one in found]
