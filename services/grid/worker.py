"""The process of grid that relays, consumes and runs schedules and jobs."""

from services.grid.consumers.routes import ROUTES
from services.grid.schedules import SCHEDULES
from services.grid.service.wiring import SPEC
from services.grid.settings import Settings
from shared.process import run_worker


async def worker(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT."""
    await run_worker(SPEC, settings, routes=ROUTES, schedules=SCHEDULES)
