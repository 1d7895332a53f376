"""What time alone does to cases: acceptance by silence, papers never supplied, drafts never submitted."""

from datetime import timedelta

from services.services_hall.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule

AT_ONCE = 100
"""Cases in one transaction."""


async def move_by_time(context: UseCaseContext) -> bool:
    """The next cases whose time is over; True if there may be more."""
    return await use_cases(context).case_handling.move_by_time(AT_ONCE) == AT_ONCE


CASE_LIMITS = Schedule("case_limits", every=timedelta(minutes=10), run=move_by_time)
