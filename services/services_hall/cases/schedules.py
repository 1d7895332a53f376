"""What time alone does to cases: acceptance by silence, papers never supplied, drafts never submitted; digests."""

from datetime import timedelta

from services.services_hall.cases.service.digests import PersonDigests
from services.services_hall.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule

AT_ONCE = 100
"""Cases in one transaction."""


async def move_by_time(context: UseCaseContext) -> bool:
    """The next cases whose time is over; True if there may be more."""
    return await use_cases(context).case_handling.move_by_time(AT_ONCE) == AT_ONCE


async def fill_digests(context: UseCaseContext) -> bool:
    """Digests for the next persons who have none: those from before there were any; True if there may be more."""
    return await PersonDigests(context).fill(AT_ONCE)


async def fill_desks(context: UseCaseContext) -> bool:
    """Tasks for the next cases that have none: those from before there were any; True if there may be more."""
    return await use_cases(context).case_handling.fill_desks(AT_ONCE) == AT_ONCE


CASE_DESKS = Schedule("case_desks", every=timedelta(hours=1), run=fill_desks)
CASE_DIGESTS = Schedule("case_digests", every=timedelta(days=1), run=fill_digests)
CASE_LIMITS = Schedule("case_limits", every=timedelta(minutes=10), run=move_by_time)
