"""The composition root of registry's worker: relay, consumers, schedules."""

from services.registry.features import FEATURES, SPEC
from services.registry.settings import Settings
from shared.process import run_worker


async def worker(settings: Settings) -> None:
    """Worker process: runs until SIGTERM or SIGINT."""
    await run_worker(SPEC, settings, features=FEATURES)
