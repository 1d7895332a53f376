"""Hourly schedule: each day of the access log that is over is judged once, a day in one transaction."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def look_at_reading(context: UseCaseContext) -> bool:
    """The next day."""
    return await use_cases(context).reading_findings.look()


READING = Schedule("reading_findings", timedelta(hours=1), look_at_reading)
