"""Schedule: announces the values that changed, every ten seconds."""

from datetime import timedelta

from services.indicators.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def announce(context: UseCaseContext) -> None:
    """Announce what changed since the last run on `indicators.values`."""
    await use_cases(context).announcements.announce()


ANNOUNCE_VALUES = Schedule("announce_values", every=timedelta(seconds=10), run=announce)
