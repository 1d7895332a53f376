"""Schedule: a check begins once a day and goes on area by area."""

from datetime import timedelta

from services.indicators.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def check(context: UseCaseContext) -> bool:
    """Check the next area; True while there are more."""
    return await use_cases(context).figure_checks.check_next()


CHECK_FIGURES = Schedule("check_figures", every=timedelta(minutes=1), run=check)
