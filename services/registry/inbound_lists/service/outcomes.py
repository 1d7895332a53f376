"""Answers to lists (名单结果): listed for operators, and restated."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.inbound_lists.models import ListOutcome
from services.registry.inbound_lists.repository import ListOutcomeRepository
from shared.contracts.county.answers import InboundStatus
from shared.contracts.registry.list_outcomes import ListOutcomeRestated, ListOutcomeState
from shared.messaging.context import UseCaseContext


class ListOutcomes:
    """Use cases of answers that were given."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outcomes = ListOutcomeRepository(context.session)

    async def page(
        self,
        *,
        status: InboundStatus | None,
        code: str | None,
        source: str | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[ListOutcome]:
        """Answers for operators, the newest first. They say nothing of people."""
        return await self._outcomes.page(status=status, code=code, source=source, after=after, limit=limit)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[ListOutcomeRestated]:
    """The next outcomes' states, rows locked."""
    outcomes = await ListOutcomeRepository(session).locked_after(None if after is None else UUID(after), limit)
    return [ListOutcomeRestated(state=ListOutcomeState.model_validate(outcome)) for outcome in outcomes]
