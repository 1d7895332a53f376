"""The answers that grid gave to county systems: they follow their incidents, and can be told again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.inbound.models import InboundOutcome
from services.grid.inbound.repository import InboundRepository
from services.grid.incidents.domain import Source
from services.grid.incidents.models import Incident
from services.grid.states import outcome_state
from shared.contracts.grid.inbound_outcomes import InboundOutcomeProgressed, InboundOutcomeRestated, InboundStatus
from shared.messaging.context import UseCaseContext


class InboundOutcomes:
    def __init__(self, context: UseCaseContext) -> None:
        self.context = context
        self.inbound = InboundRepository(context.session)

    async def follow(self, incident: Incident) -> None:
        """The incident went a step: whoever sent the request in is told."""
        if incident.source != Source.HOTLINE:
            return
        outcome = await self.inbound.of_incident(incident.id)
        if outcome is not None:
            outcome.version += 1
            self.context.outbox.add(InboundOutcomeProgressed(state=outcome_state(outcome, incident)))

    async def listed(
        self,
        *,
        status: InboundStatus | None,
        code: str | None,
        source: str | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[InboundOutcome]:
        """For operators: answers only, those given last at the head. They say nothing of people."""
        return await self.inbound.listed(status=status, code=code, source=source, after=after, limit=limit)


async def restate_outcomes(session: AsyncSession, after: str | None, limit: int) -> Sequence[InboundOutcomeRestated]:
    """The next outcomes' states, rows locked."""
    found = await InboundRepository(session).locked_after(None if after is None else UUID(after), limit)
    return [InboundOutcomeRestated(state=outcome_state(outcome, incident)) for outcome, incident in found]
