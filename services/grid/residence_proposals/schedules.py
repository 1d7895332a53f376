"""Schedule of residence proposals: for whoever was told to live in a grid while it ended."""

from datetime import timedelta

from services.grid.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def sweep(context: UseCaseContext) -> bool:
    """The next grids."""
    return await use_cases(context).residence_proposals.sweep()


SWEEP = Schedule("residence_proposals", every=timedelta(minutes=10), run=sweep)
