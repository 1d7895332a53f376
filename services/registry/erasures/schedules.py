"""Daily schedule: what a restored register could not erase yet."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def erase_left(context: UseCaseContext) -> bool:
    """The next ones."""
    return await use_cases(context).erasure_answers.erase_left()


ERASURES = Schedule("erasures", timedelta(days=1), erase_left)
