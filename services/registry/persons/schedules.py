"""Hourly schedule: names that have no tokens under a key in use get them, so that everybody is found by name."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule

BATCH = 500


async def fill_names(context: UseCaseContext) -> bool:
    """The next names: of persons from before the tokens, and all of them while the index key is changed."""
    return await use_cases(context).names.fill(BATCH)


NAMES = Schedule("person_names", timedelta(hours=1), fill_names)
