"""Consumers of registry's answers to what granted cases ask for."""

from collections.abc import Sequence

from services.services_hall.wiring import use_cases
from shared.contracts.registry.case_effect_answers import CaseEffectAnswerState
from shared.messaging.projection.routes import Change, ConsumerContext


async def answered(context: ConsumerContext, changes: Sequence[Change[CaseEffectAnswerState]]) -> None:
    """Registry applied or refused what was asked for. Also in a rebuild: an answer that is known changes nothing."""
    await use_cases(context).case_registering.take_answers([change.new for change in changes])
