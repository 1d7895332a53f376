"""Consumers of what granted cases of the hall ask for."""

from collections.abc import Sequence

from services.registry.wiring import use_cases
from shared.contracts.services_hall.case_effects import CaseEffectState
from shared.messaging.projection.routes import Change, ConsumerContext


async def asked(context: ConsumerContext, changes: Sequence[Change[CaseEffectState]]) -> None:
    """The hall asks for changes. A rebuild applies nothing itself: what is new is left to the schedule."""
    answers = use_cases(context).case_effect_answers
    requests = [change.new for change in changes]
    await (answers.remember(requests) if context.rebuilding else answers.take(requests))
