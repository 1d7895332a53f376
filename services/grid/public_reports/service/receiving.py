"""Public reports (随手拍) at the open door: received, followed and withdrawn by whoever has the progress code."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import true

from services.grid.dictionaries.service import Dictionaries
from services.grid.incidents.domain.nearness import metres_between
from services.grid.incidents.domain.rules import IncidentPolicy
from services.grid.incidents.models import Incident
from services.grid.incidents.repository import IncidentRepository
from services.grid.incidents.service.places import Places
from services.grid.public_reports.domain import (
    HOUR,
    PublicReportPolicy,
    PublicReportTooMany,
    digest_of,
    new_code,
    require_transition,
    spaced,
)
from services.grid.public_reports.models import PublicReport
from services.grid.public_reports.repository import PublicReportRepository
from shared.clock import begin_of_day, today
from shared.contracts.grid.public_reports import (
    PublicReportReceived,
    PublicReportState,
    PublicReportStatus,
    PublicReportWithdrawn,
)
from shared.contracts.points import Point
from shared.contracts.severity import Severity
from shared.db.compare_and_set import compare_and_set
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class NewPublicReport:
    """What somebody reports: at a point that lies in a grid, in an area, or both. `phone`: if they may be called."""

    category: str
    area: str | None = None
    point: Point | None = None
    description: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What somebody who reported is told. `similar`: how many open incidents there are about the same."""

    report: PublicReport
    progress_code: str
    similar: int


@dataclass(frozen=True)
class Progress:
    """How a report fares, as its progress code shows it; `incident`: the one that goes on for it."""

    report: PublicReport
    incident: Incident | None


class PublicReceiving:
    """Use cases of whoever reports without a login. `client`: their address as the door knows it."""

    def __init__(
        self,
        context: UseCaseContext,
        *,
        places: Places,
        dictionaries: Dictionaries,
        incidents: IncidentPolicy,
        policy: PublicReportPolicy,
    ) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._places = places
        self._dictionaries = dictionaries
        self._near = incidents
        self._policy = policy
        self._reports = PublicReportRepository(context.session)
        self._incidents = IncidentRepository(context.session)

    async def receive(self, client: str, new: NewPublicReport) -> Receipt:
        """上报: it is held until an office has looked at it, and counts in no official figure before it is filed.

        Raises `CategoryUnknown`, `PublicReportTooMany`, and as `Places.area_of`.
        """
        await self._dictionaries.require(new.category, Severity.NORMAL)
        area = await self._places.area_of(new.point, new.area)
        digest = self._crypto.blind("public_report.client", f"{today(self._clock)} {client}")[0].digest
        now = self._clock.now()
        await self._require_few(digest, village_of(area), now)
        report_id, code = new_id(), new_code()
        report = PublicReport(
            id=report_id,
            version=1,
            area=area,
            former=[],
            longitude=None if new.point is None else new.point.longitude,
            latitude=None if new.point is None else new.point.latitude,
            category=new.category,
            description=self._sealed(new.description, "public_report.description", str(report_id)),
            phone=self._sealed(new.phone, "public_report.phone", str(report_id)),
            code_digest=digest_of(code),
            client=digest,
            status=PublicReportStatus.HELD,
            reported_at=now,
        )
        self._reports.add(report)
        self._outbox.add(PublicReportReceived(state=PublicReportState.model_validate(report)))
        found = await self._incidents.near(report, true(), self._near)
        metres = [metres_between(report, one) for one in found]
        similar = sum(1 for away in metres if away is None or away <= self._near.near_metres)
        return Receipt(report, spaced(code), similar)

    async def progress(self, code: str) -> Progress:
        """How the report of a progress code fares. Raises `NotFound`, the same for what may be no code at all."""
        report = await self._reports.by_code(digest_of(code))
        if report is None:
            raise NotFound
        incident = None if report.incident_id is None else await self._incidents.get(report.incident_id)
        main = None if incident is None else await self._incidents.main_of(incident)
        return Progress(report, main or incident)

    async def withdraw(self, code: str) -> Progress:
        """撤回: whoever reported takes it back before it is decided; their words and number are erased.

        Raises `NotFound`, `PublicReportTransitionError`.
        """
        report = await self._reports.by_code(digest_of(code), lock=True)
        if report is None:
            raise NotFound
        require_transition(PublicReportStatus(report.status), PublicReportStatus.WITHDRAWN)
        changes: dict[str, Any] = {"description": None, "phone": None, "decided_at": self._clock.now()}
        moved = await compare_and_set(self._session, report, status=PublicReportStatus.WITHDRAWN, **changes)
        assert moved is not None, "the row is locked"
        self._outbox.add(PublicReportWithdrawn(state=PublicReportState.model_validate(moved)))
        return Progress(moved, None)

    async def _require_few(self, client: bytes, village: str, now: datetime) -> None:
        await self._reports.hold_counting(client.hex(), village)
        midnight = begin_of_day(today(self._clock))
        if await self._reports.received_of(client, midnight) >= self._policy.client_per_day:
            raise PublicReportTooMany(retry_after=int((midnight + DAY - now).total_seconds()))
        if await self._reports.received_in(village, now - HOUR) >= self._policy.village_per_hour:
            raise PublicReportTooMany(retry_after=int(HOUR.total_seconds()))

    def _sealed(self, words: str | None, field: str, owner: str) -> bytes | None:
        return None if words is None else self._crypto.seal(words, field=field, owner=owner)
