"""How the door for county systems is put together: in the worker, and for an operator's commands."""

from dataclasses import dataclass, replace

from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.diagnostics import Faults
from shared.messaging.bus.interface import Bus
from shared.messaging.inbound.processor import InboundDoor, InboundTaker
from shared.messaging.reading.runner import Runner
from shared.messaging.reading.watchdog import Pace
from shared.settings import ServiceSettings

INBOUND_BATCH = 50
"""Records from the county fetched at once."""


def inbound_taker(
    owner: str, settings: ServiceSettings, door: InboundDoor, *, database: Database, crypto: Crypto, clock: Clock
) -> InboundTaker:
    """Takes what county systems send to a service, in its group for them."""
    return InboundTaker(
        database,
        door,
        owner=owner,
        clock=clock,
        crypto=crypto,
        reader=settings.group(f"{owner}.inbound"),
        prefix=settings.topic_prefix,
    )


@dataclass(frozen=True)
class Parts:
    """What a worker process has, and its readers share."""

    database: Database
    bus: Bus
    crypto: Crypto
    clock: Clock
    pace: Pace | None = None
    faults: Faults | None = None


def inbound_runner(owner: str, settings: ServiceSettings, door: InboundDoor, parts: Parts) -> Runner:
    """Reads what county systems send to a service; few records at once, each a transaction, so that an end is soon."""
    taker = inbound_taker(owner, settings, door, database=parts.database, crypto=parts.crypto, clock=parts.clock)
    pace = replace(parts.pace or Pace(), batch=INBOUND_BATCH)
    return Runner(parts.bus, taker, group=taker.reader, pace=pace, faults=parts.faults)
