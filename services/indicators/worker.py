"""The process of indicators that relays, consumes, announces and rebuilds."""

from services.indicators.features import FEATURES, SPEC
from services.indicators.settings import Settings
from shared.process import run_worker


async def worker(settings: Settings) -> None:
    """Worker process: runs until SIGTERM or SIGINT."""
    await run_worker(SPEC, settings, features=FEATURES)
