"""Daily plan of visits: what time alone changes about them."""

from datetime import timedelta

from services.grid.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def plan_visits(context: UseCaseContext) -> None:
    """Every plan is brought up to its tag: an end or a substitute that lay ahead has come, a rule was added or ended.

    After it, what was missed by its rule becomes an incident.
    """
    given = use_cases(context)
    await given.visit_planning.follow_all()
    await given.missed_visits.report()


PLAN_VISITS = Schedule("visit_plan", every=timedelta(days=1), run=plan_visits)
