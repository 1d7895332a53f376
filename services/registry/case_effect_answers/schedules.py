"""Schedule of answers to granted cases: what could not be judged when it came."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def again(context: UseCaseContext) -> None:
    """Judge all that wait."""
    await use_cases(context).case_effect_answers.again()


AGAIN = Schedule("case_effect_answers", every=timedelta(seconds=20), run=again)
