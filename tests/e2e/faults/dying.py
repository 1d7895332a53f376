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

from services.indicators.features import FEATURES as INDICATORS_FEATURES
from services.indicators.features import SPEC as INDICATORS
from services.indicators.settings import Settings as IndicatorsSettings
from services.registry.features import FEATURES as REGISTRY_FEATURES
from services.registry.features import SPEC as REGISTRY
from services.registry.settings import Settings as RegistrySettings
from shared.messaging.bus.interface import Consumer, Message, Sender, SendFailed, Sent
from shared.messaging.bus.kafka import KafkaBus
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
        await run_worker(REGISTRY, registry, features=REGISTRY_FEATURES, bus=bus)
    elif moment == "before_offsets":
        indicators = IndicatorsSettings()
        bus = DiesBeforeOffsets(indicators, client_id="dies")
        await run_worker(INDICATORS, indicators, features=INDICATORS_FEATURES, bus=bus)
    else:
        raise SystemExit(f"no such moment: {moment}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
