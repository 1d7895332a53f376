"""Absences begin and end by the day."""

from datetime import timedelta

from services.services_hall.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule

AT_ONCE = 20
"""Absences in one transaction, each with all tasks of an officer."""


async def turn(context: UseCaseContext) -> bool:
    """The next absences that begin or end; True if there may be more."""
    return await use_cases(context).absences.turn(AT_ONCE) == AT_ONCE


ABSENCES = Schedule("absences", every=timedelta(minutes=10), run=turn)
