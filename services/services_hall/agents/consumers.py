"""Consumers of registry's states: what follows for agents' files."""

from collections.abc import Sequence

from services.services_hall.wiring import use_cases
from shared.contracts.registry.area_changes import AreaChangeState
from shared.messaging.projection.routes import Change, ConsumerContext


async def areas_changed(context: ConsumerContext, changes: Sequence[Change[AreaChangeState]]) -> None:
    """Changes of areas were carried out or undone: agents of the villages follow."""
    if not context.rebuilding:
        await use_cases(context).agent_following.follow([change.new for change in changes])
