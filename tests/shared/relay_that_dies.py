"""A relay that kills itself between send and mark: `python -m tests.shared.relay_that_dies DSN BOOTSTRAP`."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

import asyncpg

from shared.messaging.bus.interface import Message, Sender, SendFailed, Sent
from shared.messaging.bus.kafka import KafkaBus
from shared.messaging.outbox.relay import Relay
from shared.settings import BrokerProfile
from tests.shared.buses import kafka_settings


class Deadly:
    """A sender whose process does not survive its first acknowledgement."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def send(self, messages: Sequence[Message]) -> list[Sent | SendFailed]:
        await self._sender.send(messages)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    async def close(self) -> None:
        await self._sender.close()


class DeadlyBus(KafkaBus):
    def sender(self) -> Deadly:  # type: ignore[override]  # the same protocol
        return Deadly(super().sender())


async def main(dsn: str, bootstrap: str) -> None:
    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(dsn)

    bus = DeadlyBus(kafka_settings(bootstrap, BrokerProfile.EMBEDDED), client_id="dies")
    await Relay(connect, bus).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
