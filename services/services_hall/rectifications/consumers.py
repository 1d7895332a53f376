"""Consumers of registry's states: what follows for rectifications."""

from collections.abc import Sequence

from services.services_hall.wiring import use_cases
from shared.contracts.registry.area_changes import AreaChangeState
from shared.contracts.registry.calendar import CalendarState
from shared.messaging.projection.routes import Change, ConsumerContext


async def calendar_set(context: ConsumerContext, changes: Sequence[Change[CalendarState]]) -> None:
    """Years of the calendar were set: limits that run are computed again."""
    if not context.rebuilding and changes:
        await use_cases(context).rectification_following.reschedule()


async def areas_changed(context: ConsumerContext, changes: Sequence[Change[AreaChangeState]]) -> None:
    """Changes of areas were carried out or undone: what has not ended follows."""
    if not context.rebuilding:
        await use_cases(context).rectification_following.follow([change.new for change in changes])
