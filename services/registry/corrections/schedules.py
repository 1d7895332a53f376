"""Hourly schedule: requests for corrections whose limit has passed lapse."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def end_corrections(context: UseCaseContext) -> bool:
    """The next ones."""
    return await use_cases(context).correction_deadlines.end()


CORRECTIONS = Schedule("corrections", timedelta(hours=1), end_corrections)
