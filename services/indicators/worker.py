"""The process of indicators that relays, consumes and runs schedules and jobs."""

from services.indicators.consumers.routes import ROUTES
from services.indicators.schedules import SCHEDULES
from services.indicators.service.wiring import SPEC
from services.indicators.settings import Settings
from shared.process import run_worker


async def worker(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT."""
    await run_worker(SPEC, settings, routes=ROUTES, schedules=SCHEDULES)
