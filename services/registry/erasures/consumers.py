"""Consumer of the other services' answers to erasures."""

from collections.abc import Sequence

from services.registry.wiring import use_cases
from shared.contracts.erasure_answers import ErasureAnswerState
from shared.messaging.projection.routes import Change, ConsumerContext


async def answered(context: ConsumerContext, changes: Sequence[Change[ErasureAnswerState]]) -> None:
    """Services said how far they are. A rebuild reads of before, too: it takes no answer back."""
    answers = use_cases(context).erasure_answers
    for state in (change.new for change in changes):
        await answers.take(state.channel.owner, state, late=context.rebuilding)
