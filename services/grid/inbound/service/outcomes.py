"""Inbound outcomes (来件结果): they follow their incidents, are listed for operators and can be restated."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.inbound.models import InboundOutcome
from services.grid.inbound.repository import InboundRepository
from services.grid.incidents.domain.codes import Source
from services.grid.incidents.domain.intake import INTAKE
from services.grid.incidents.models import Incident
from services.grid.incidents.repository import IncidentRepository
from shared.contracts.county.answers import InboundStatus
from shared.contracts.grid.inbound_outcomes import InboundOutcomeProgressed, InboundOutcomeRestated, InboundOutcomeState
from shared.messaging.context import UseCaseContext


class InboundOutcomes:
    """Use cases of answers that were given. A follower of incidents (`IncidentFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._outcomes = InboundRepository(context.session)
        self._incidents = IncidentRepository(context.session)

    async def follow(self, incident: Incident) -> None:
        """The incident went a step: the answer to the request that it was made of is announced with it.

        So are those to the requests whose incidents were merged into it.
        """
        told = [incident.id] if INTAKE[Source(incident.source)].answered else []
        if incident.duplicates:
            told += await self._incidents.merged_into(incident.id)
        for one in told:
            outcome = await self._outcomes.of_incident(one)
            if outcome is not None:
                outcome.version += 1
                self._outbox.add(InboundOutcomeProgressed(state=InboundOutcomeState.model_validate(outcome)))

    async def page(
        self,
        *,
        status: InboundStatus | None,
        code: str | None,
        source: str | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[InboundOutcome]:
        """Answers for operators, the newest first. They say nothing of people."""
        return await self._outcomes.page(status=status, code=code, source=source, after=after, limit=limit)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[InboundOutcomeRestated]:
    """The next outcomes' states, rows locked."""
    outcomes = await InboundRepository(session).locked_after(None if after is None else UUID(after), limit)
    return [InboundOutcomeRestated(state=InboundOutcomeState.model_validate(outcome)) for outcome in outcomes]
