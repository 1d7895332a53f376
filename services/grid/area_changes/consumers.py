"""Consumer of registry's changes of areas: grids, units and work in hand follow."""

from collections.abc import Sequence

from services.grid.wiring import use_cases
from shared.contracts.registry.area_changes import AreaChangeState
from shared.messaging.projection.routes import Change, ConsumerContext


async def areas_changed(context: ConsumerContext, changes: Sequence[Change[AreaChangeState]]) -> None:
    """Changes of areas were carried out or undone."""
    if not context.rebuilding:
        await use_cases(context).area_changes.follow([change.new for change in changes])
