"""Schedule of escalations: what is to be fired by now."""

from datetime import timedelta

from services.grid.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def sweep(context: UseCaseContext) -> bool:
    """The next incidents."""
    return await use_cases(context).escalations.sweep()


SWEEP = Schedule("escalations", every=timedelta(minutes=1), run=sweep)
