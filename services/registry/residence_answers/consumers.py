"""Consumers of grid's proposals of residence."""

from collections.abc import Sequence

from services.registry.wiring import use_cases
from shared.contracts.grid.residence_proposals import ResidenceProposalState
from shared.messaging.projection.routes import Change, ConsumerContext


async def proposed(context: ConsumerContext, changes: Sequence[Change[ResidenceProposalState]]) -> None:
    """Grid proposes who lives in which grid. A rebuild applies nothing itself: what is new is left to the schedule."""
    answers = use_cases(context).residence_answers
    requests = [change.new for change in changes]
    await (answers.remember(requests) if context.rebuilding else answers.take(requests))
