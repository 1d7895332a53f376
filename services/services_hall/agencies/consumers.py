"""Consumers of registry's states: what follows for agencies."""

from collections.abc import Sequence

from services.services_hall.wiring import use_cases
from shared.contracts.registry.calendar import CalendarState
from shared.messaging.projection.routes import Change, ConsumerContext


async def calendar_set(context: ConsumerContext, changes: Sequence[Change[CalendarState]]) -> None:
    """Years of the calendar were set: the days to forward by that rest on them are computed again."""
    if changes and not context.rebuilding:
        await use_cases(context).agency_following.reschedule()
