"""The composition root of registry's worker: relay, consumers, schedules, lists of departments."""

from services.registry.features import FEATURES, SPEC
from services.registry.inbound_lists.consumers import receivers
from services.registry.inbound_lists.domain import Authorities
from services.registry.settings import Settings
from shared.crypto.jwe import InboundKeys
from shared.messaging.inbound.receiver import InboundDoor
from shared.process import run_worker


def inbound(settings: Settings) -> InboundDoor | None:
    """What is taken in from departments; None if no key was set: then nothing is."""
    keys = settings.inbound_private_keys.get_secret_value()
    if not keys:
        return None
    authorities = Authorities.parse(settings.inbound_lists)
    return InboundDoor(
        receivers=receivers(authorities),
        keys=InboundKeys.parse(keys),
        sources=authorities.sources,
        rate_per_minute=settings.inbound_rate_per_minute,
        max_bytes=settings.inbound_max_bytes,
    )


async def worker(settings: Settings) -> None:
    """Worker process: runs until SIGTERM or SIGINT."""
    await run_worker(SPEC, settings, features=FEATURES, inbound=inbound(settings))
