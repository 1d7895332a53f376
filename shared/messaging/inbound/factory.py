"""Factory of the inbound processor and its consumer runner, for the worker and for an operator's commands."""

from dataclasses import dataclass, replace

from shared.auth.access_log import AccessLog
from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.diagnostics import Diagnostics
from shared.messaging.bus.interface import Bus
from shared.messaging.inbound.processor import InboundProcessor
from shared.messaging.inbound.receiver import InboundDoor
from shared.messaging.reading.runner import ConsumerRunner
from shared.messaging.reading.watchdog import ConsumerTuning
from shared.settings import ServiceSettings

INBOUND_BATCH = 50
"""Records from the county fetched at once."""


def inbound_processor(
    owner: str,
    settings: ServiceSettings,
    door: InboundDoor,
    *,
    database: Database,
    crypto: Crypto,
    clock: Clock,
    access_log: AccessLog | None = None,
) -> InboundProcessor:
    """Processor of the events that county systems send to a service, in a consumer group of its own."""
    return InboundProcessor(
        database,
        door,
        owner=owner,
        clock=clock,
        crypto=crypto,
        reader=settings.group(f"{owner}.inbound"),
        prefix=settings.topic_prefix,
        access_log=access_log,
    )


@dataclass(frozen=True)
class WorkerParts:
    """Parts of a worker process that its consumers share."""

    database: Database
    bus: Bus
    crypto: Crypto
    clock: Clock
    tuning: ConsumerTuning | None = None
    diagnostics: Diagnostics | None = None
    access_log: AccessLog | None = None


def inbound_runner(owner: str, settings: ServiceSettings, door: InboundDoor, parts: WorkerParts) -> ConsumerRunner:
    """Consumer runner of inbound events: few records at once, each a transaction, so that it stops soon."""
    processor = inbound_processor(
        owner,
        settings,
        door,
        database=parts.database,
        crypto=parts.crypto,
        clock=parts.clock,
        access_log=parts.access_log,
    )
    tuning = replace(parts.tuning or ConsumerTuning(), batch=INBOUND_BATCH)
    return ConsumerRunner(parts.bus, processor, group=processor.reader, tuning=tuning, diagnostics=parts.diagnostics)
