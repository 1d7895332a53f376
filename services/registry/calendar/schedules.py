"""Daily schedule: missing years of the working calendar are published."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def publish_missing_years(context: UseCaseContext) -> None:
    """Publish the years that are missing: a new deployment gets its calendar with its first worker."""
    await use_cases(context).calendar.seed()


CALENDAR = Schedule("calendar", timedelta(days=1), publish_missing_years)
