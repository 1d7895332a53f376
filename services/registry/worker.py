"""The composition root of registry's worker: relay, consumers, schedules."""

from services.registry.consumers.routes import ROUTES
from services.registry.schedules.calendar import CALENDAR
from services.registry.service.wiring import SPEC
from services.registry.settings import Settings
from shared.process import run_worker


async def worker(settings: Settings) -> None:
    """Until SIGTERM."""
    await run_worker(SPEC, settings, routes=ROUTES, schedules=(CALENDAR,))
