"""Workers that kill themselves at an exact point: `python -m tests.e2e.faults.dying <moment>`.

`after_send`: registry's worker dies when the broker has acknowledged events and before they are marked as published.
`before_offsets`: the worker of indicators dies when the database has a batch and before its offsets are committed.
The test composes the process with such a bus; the product has no fail point.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.structs import TopicPartition

from services.indicators.routes import ROUTES as INDICATORS_ROUTES
from services.indicators.settings import Settings as IndicatorsSettings
from services.indicators.wiring import SPEC as INDICATORS
from services.registry.routes import ROUTES as REGISTRY_ROUTES
from services.registry.settings import Settings as RegistrySettings
from services.registry.wiring import SPEC as REGISTRY
from shared.messaging.bus import Consumer, Message, Sender, SendFailed, Sent
from shared.messaging.kafka import KafkaBus
from shared.process import run_worker


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class DeadlySender:
    """Its process does not survive its first acknowledgement."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def send(self, messages: Sequence[Message]) -> list[Sent | SendFailed]:
        outcomes = await self._sender.send(messages)
        if any(isinstance(outcome, Sent) for outcome in outcomes):
            die()
        return outcomes

    async def close(self) -> None:
        await self._sender.close()


class DiesAfterSend(KafkaBus):
    def sender(self) -> DeadlySender:  # type: ignore[override]  # the same protocol
        return DeadlySender(super().sender())


class DiesBeforeOffsets(KafkaBus):
    def consumer(
        self,
        group: str | None,
        topics: Sequence[str] = (),
        listener: ConsumerRebalanceListener | None = None,
        *,
        max_poll_records: int = 5000,
    ) -> Consumer:
        consumer = super().consumer(group, topics, listener, max_poll_records=max_poll_records)

        async def never(offsets: Mapping[TopicPartition, Any]) -> None:
            die()

        consumer.commit = never  # type: ignore[method-assign]
        return consumer


async def main(moment: str) -> None:
    if moment == "after_send":
        registry = RegistrySettings()
        bus: KafkaBus = DiesAfterSend(registry, client_id="dies")
        await run_worker(REGISTRY, registry, routes=REGISTRY_ROUTES, bus=bus)
    elif moment == "before_offsets":
        indicators = IndicatorsSettings()
        bus = DiesBeforeOffsets(indicators, client_id="dies")
        await run_worker(INDICATORS, indicators, routes=INDICATORS_ROUTES, bus=bus)
    else:
        raise SystemExit(f"no such moment: {moment}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
