"""Hourly schedule: transfers whose limit has passed lapse, or are confirmed by rule."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def end_transfers(context: UseCaseContext) -> bool:
    """The next ones."""
    return await use_cases(context).transfer_deadlines.end()


TRANSFERS = Schedule("transfers", timedelta(hours=1), end_transfers)
