"""A worker process as the tests start it: `python -m tests.shared.worker_child`, settings from the environment.

`CHILD=killed_before_commit` dies by SIGKILL between the commit of the database and the commit of the offsets: the test
composes the process with such a bus, the product has no fail point.
"""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.structs import TopicPartition
from sqlalchemy import text

from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.tags import TagState
from shared.errors import DomainError
from shared.feature import Feature
from shared.messaging.bus.interface import Consumer
from shared.messaging.bus.kafka import KafkaBus
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.routes import Change, ConsumerContext, NotYetKnown, Route
from shared.messaging.projection.states import projected
from shared.messaging.reading.watchdog import ConsumerTuning
from shared.process import run_worker
from shared.schedules import Schedule
from shared.settings import ServiceSettings
from shared.testing.databases import KIT_ONLY
from tests.shared.arrivals import VILLAGE


class MessageRefused(DomainError):
    """A rule says no."""

    code = "test_refused"


async def post_an_effect(context: ConsumerContext, changes: Sequence[Change[TagState]]) -> None:
    """Adds `f(new) - f(old)` to the books: over all rows of an aggregate the sum must be its version, ever."""
    for change in changes:
        if change.new.level == "refused":
            raise MessageRefused
        if change.new.level == "early" and await projected(context.session, AreaState, VILLAGE) is None:
            raise NotYetKnown("registry.area", VILLAGE)
        difference = change.new.version - (change.old.version if change.old else 0)
        await context.raw.execute(
            "INSERT INTO effects (effect, event_id, happened_at) VALUES ($1, gen_random_uuid(), now())",
            f"{change.id}={difference}",
        )


async def tick(context: UseCaseContext) -> None:
    await context.session.execute(
        text("INSERT INTO effects (effect, event_id, happened_at) VALUES ('tick', gen_random_uuid(), now())")
    )


class KillingBus(KafkaBus):
    """Its consumers kill the process when offsets are to be committed."""

    def consumer(
        self,
        group: str | None,
        topics: Sequence[str] = (),
        listener: ConsumerRebalanceListener | None = None,
        *,
        max_poll_records: int = 5000,
    ) -> Consumer:
        consumer = super().consumer(group, topics, listener, max_poll_records=max_poll_records)

        async def die(offsets: Mapping[TopicPartition, Any]) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        consumer.commit = die  # type: ignore[method-assign]
        return consumer


async def main() -> None:
    settings = ServiceSettings()  # from the environment
    killing = os.environ.get("CHILD") == "killed_before_commit"
    await run_worker(
        KIT_ONLY,
        settings,
        features=[
            Feature(
                routes=(Route("registry.tag", post_an_effect), Route("registry.area")),
                schedules=(Schedule("tick", timedelta(hours=1), tick),),
            )
        ],
        bus=KillingBus(settings, client_id="child") if killing else None,
        tuning=ConsumerTuning(batch=50, check_broker=1.0),
    )


if __name__ == "__main__":
    asyncio.run(main())
