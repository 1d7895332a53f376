"""The process of the hall that relays, consumes and runs schedules and jobs."""

from services.services_hall.routes import ROUTES, SCHEDULES
from services.services_hall.settings import Settings
from services.services_hall.wiring import SPEC
from shared.process import run_worker


async def worker(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT."""
    await run_worker(SPEC, settings, routes=ROUTES, schedules=SCHEDULES)
