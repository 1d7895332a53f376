"""Daily search: who has become old, lives alone, or has parents who are away."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def suggest_tags(context: UseCaseContext) -> bool:
    """The next villages, until all have been searched today."""
    return await use_cases(context).tag_suggestions.search()


SUGGEST_TAGS = Schedule("tag_suggestions", timedelta(days=1), suggest_tags)
