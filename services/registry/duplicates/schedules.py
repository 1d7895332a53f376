"""Hourly search: whoever is new in the register, or was corrected, is compared with all others."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule

BATCH = 100


async def find_duplicates(context: UseCaseContext) -> bool:
    """The next persons."""
    return await use_cases(context).duplicates.find(BATCH)


DUPLICATES = Schedule("duplicates", timedelta(hours=1), find_duplicates)
