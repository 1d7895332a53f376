"""The composition root of registry's worker: relay, consumers, schedules."""

from services.registry.calendar.schedules import CALENDAR
from services.registry.routes import ROUTES
from services.registry.settings import Settings
from services.registry.wiring import SPEC
from shared.process import run_worker


async def worker(settings: Settings) -> None:
    """Until SIGTERM."""
    await run_worker(SPEC, settings, routes=ROUTES, schedules=(CALENDAR,))
