"""The process of grid that relays, consumes and runs schedules and jobs."""

from services.grid.features import FEATURES, SPEC
from services.grid.grids.domain import GridIndex
from services.grid.inbound.consumers import receivers
from services.grid.settings import Settings
from shared.crypto.jwe import InboundKeys
from shared.messaging.inbound.receiver import InboundDoor
from shared.process import run_worker


def inbound(settings: Settings) -> InboundDoor | None:
    """What is taken in from county systems; None if no key was set: then nothing is."""
    keys = settings.inbound_private_keys.get_secret_value()
    if not keys:
        return None
    return InboundDoor(
        receivers=receivers(GridIndex(), settings.incident_policy),
        keys=InboundKeys.parse(keys),
        sources=settings.allowed_sources,
        rate_per_minute=settings.inbound_rate_per_minute,
        max_bytes=settings.inbound_max_bytes,
    )


async def worker(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT."""
    await run_worker(SPEC, settings, features=FEATURES, inbound=inbound(settings))
