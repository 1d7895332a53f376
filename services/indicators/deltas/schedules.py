"""Schedule: counts what is held by the rules of new definitions, soon after they were published."""

from datetime import timedelta

from services.indicators.deltas.service import fill
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def count_by_new_rules(context: UseCaseContext) -> bool:
    """Count the next states that new rules have left to count; True while there are more."""
    return await fill(context.session)


COUNT_BY_NEW_RULES = Schedule("count_by_new_rules", every=timedelta(seconds=10), run=count_by_new_rules)
