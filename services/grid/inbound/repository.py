"""Every query about inbound outcomes."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from services.grid.inbound.models import InboundOutcome
from services.grid.incidents.models import Incident
from shared.messaging.inbound.outcomes import OutcomeRepository


class InboundRepository(OutcomeRepository[InboundOutcome]):
    """Outcomes, each with its incident."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, InboundOutcome, selectinload(InboundOutcome.incident).selectinload(Incident.main))

    async def of_incident(self, incident_id: UUID) -> InboundOutcome | None:
        """The outcome that made the incident, locked; None if it came through another door."""
        return await self.one_locked(InboundOutcome.incident_id == incident_id)
