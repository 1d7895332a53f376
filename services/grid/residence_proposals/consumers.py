"""Consumers of registry's persons, for whom an heir of their grid is proposed, and of its answers."""

from collections.abc import Sequence

from services.grid.wiring import use_cases
from shared.contracts.registry.persons import PersonState
from shared.contracts.registry.residence_answers import ResidenceAnswerState
from shared.messaging.projection.routes import Change, ConsumerContext


async def persons_changed(context: ConsumerContext, changes: Sequence[Change[PersonState]]) -> None:
    """Somebody is told to live in a grid that has ended. After a rebuild the schedule finds them."""
    if not context.rebuilding:
        await use_cases(context).residence_proposals.follow_persons([change.new for change in changes])


async def answered(context: ConsumerContext, changes: Sequence[Change[ResidenceAnswerState]]) -> None:
    """Registry applied proposals or refused them. Also in a rebuild: an answer that is known changes nothing."""
    await use_cases(context).residence_proposals.take_answers([change.new for change in changes])
