"""The process of the hall that relays, consumes and runs schedules and jobs."""

from services.services_hall.features import FEATURES, SPEC
from services.services_hall.settings import Settings
from shared.process import run_worker


async def worker(settings: Settings) -> None:
    """Worker process: runs until SIGTERM or SIGINT."""
    await run_worker(SPEC, settings, features=FEATURES)
