"""Every query about what came in from the county."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.inbound.models import InboundOutcome
from services.grid.incidents.models import Incident, IncidentRequest


class InboundRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def locked(self, outcome_id: UUID) -> InboundOutcome | None:
        """The outcome; nobody else answers the same event, also a new one, until the transaction ends."""
        await self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(outcome_id), 0))))
        return await self.get_locked(outcome_id)

    async def get_locked(self, outcome_id: UUID) -> InboundOutcome | None:
        return await self.session.get(InboundOutcome, outcome_id, with_for_update=True, populate_existing=True)

    async def of_incident(self, incident_id: UUID) -> InboundOutcome | None:
        """The outcome that made the incident, locked; None where it came through another door."""
        statement = select(InboundOutcome).where(InboundOutcome.incident_id == incident_id).with_for_update()
        return (await self.session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def incident(self, incident_id: UUID) -> Incident | None:
        return await self.session.get(Incident, incident_id)

    async def request(self, incident_id: UUID) -> IncidentRequest | None:
        return await self.session.get(IncidentRequest, incident_id)

    def add(self, row: InboundOutcome | IncidentRequest) -> None:
        self.session.add(row)

    async def listed(
        self,
        *,
        status: str | None,
        code: str | None,
        source: str | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[InboundOutcome]:
        """Those answered last at the head."""
        statement = select(InboundOutcome).order_by(InboundOutcome.answered_on.desc(), InboundOutcome.id.desc())
        if status is not None:
            statement = statement.where(InboundOutcome.status == status)
        if code is not None:
            statement = statement.where(InboundOutcome.code == code)
        if source is not None:
            statement = statement.where(InboundOutcome.source == source)
        if after is not None:
            when, last = after
            earlier = InboundOutcome.answered_on < when
            statement = statement.where(earlier | ((InboundOutcome.answered_on == when) & (InboundOutcome.id < last)))
        return (await self.session.scalars(statement.limit(limit))).all()

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[tuple[InboundOutcome, Incident | None]]:
        """The next outcomes in the order of their ids, locked until the end of the transaction, and their incidents."""
        statement = (
            select(InboundOutcome, Incident)
            .outerjoin(Incident, Incident.id == InboundOutcome.incident_id)
            .order_by(InboundOutcome.id)
            .limit(limit)
            .with_for_update(of=InboundOutcome)
        )
        if after is not None:
            statement = statement.where(InboundOutcome.id > after)
        return [(outcome, incident) for outcome, incident in await self.session.execute(statement)]
