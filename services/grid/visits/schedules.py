"""Daily plan of visits: what time alone changes about them."""

from datetime import timedelta

from services.grid.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def plan_visits(context: UseCaseContext) -> None:
    """Every plan is brought up to its tag: an end that lay ahead has come, a rule was added or taken away."""
    await use_cases(context).visits.follow_all()


PLAN_VISITS = Schedule("visit_plan", every=timedelta(days=1), run=plan_visits)
