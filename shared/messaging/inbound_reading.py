"""How the door for county systems is put together: in the worker, and for an operator's commands."""

from dataclasses import replace

from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.faults import Faults
from shared.messaging.bus import Bus
from shared.messaging.inbound import InboundDoor, InboundTaker
from shared.messaging.runner import Runner
from shared.messaging.watch import Pace
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


def inbound_runner(
    owner: str,
    settings: ServiceSettings,
    door: InboundDoor,
    *,
    database: Database,
    bus: Bus,
    crypto: Crypto,
    clock: Clock,
    pace: Pace | None,
    faults: Faults | None = None,
) -> Runner:
    """Reads what county systems send to a service; few records at once, each a transaction, so that an end is soon."""
    taker = inbound_taker(owner, settings, door, database=database, crypto=crypto, clock=clock)
    return Runner(bus, taker, group=taker.reader, pace=replace(pace or Pace(), batch=INBOUND_BATCH), faults=faults)
