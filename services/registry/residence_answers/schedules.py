"""Schedule of residence answers: proposals that could not be judged when they came."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def again(context: UseCaseContext) -> None:
    """Judge all that wait."""
    await use_cases(context).residence_answers.again()


AGAIN = Schedule("residence_answers", every=timedelta(seconds=20), run=again)
