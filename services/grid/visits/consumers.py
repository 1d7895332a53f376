"""Consumers of registry's persons and tags: the visits follow them."""

from collections.abc import Sequence
from uuid import UUID

from services.grid.visits.domain import AnyTag
from services.grid.wiring import use_cases
from shared.contracts.registry.persons import PersonState
from shared.messaging.projection.routes import Change, ConsumerContext


async def tags_changed(context: ConsumerContext, changes: Sequence[Change[AnyTag]]) -> None:
    """Tags began, ended, or say something else of their people: the visits follow."""
    if not context.rebuilding:
        await use_cases(context).visit_planning.follow([change.new for change in changes])


async def tags_forgotten(context: ConsumerContext, changes: Sequence[Change[AnyTag]]) -> None:
    """Registry does not know these tags any more: nobody is visited because of them."""
    if not context.rebuilding:
        ended = [change.new.model_copy(update={"ended_on": change.new.started_on}) for change in changes]
        await use_cases(context).visit_planning.follow(ended)


async def persons_changed(context: ConsumerContext, changes: Sequence[Change[PersonState]]) -> None:
    """People moved, left, came back or died: the visits to them follow. Most people are not visited."""
    if not context.rebuilding:
        await use_cases(context).visit_planning.follow_persons([UUID(change.id) for change in changes])
