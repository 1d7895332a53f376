"""Relays that run in a test, and senders that misbehave on purpose."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import func, select, text

from shared.contracts.catalogue import TOPICS
from shared.db.engine import Database
from shared.messaging.bus.interface import Bus, Held, Message, MessageRefused, Sender, SendFailed, Sent
from shared.messaging.outbox.relay import Relay, RelayTimes
from shared.messaging.outbox.tables import OutboxMessage
from shared.testing.bus import MemoryBus

QUICK = RelayTimes(poll=0.1, broker=0.1, measure=0.1, first_pause=0.02, longest_pause=0.1, reconnect=0.1, grace=0.5)


def a_bus() -> MemoryBus:
    return MemoryBus({topic.name: 4 for topic in TOPICS.values()}, others=None)


def a_relay(database: Database, bus: Bus, **options: Any) -> Relay:
    async def connect() -> asyncpg.Connection:
        return await database.connect_raw(purpose="relay")

    return Relay(connect, bus, **{"times": QUICK, **options})


@asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(relay.run(stop)) for relay in relays]
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await asyncio.gather(*tasks)


async def until(true: Callable[[], Awaitable[bool]], *, seconds: float = 10) -> None:
    """Waits for something that will happen; fails when it does not."""
    async with asyncio.timeout(seconds):
        while not await true():
            await asyncio.sleep(0.01)


async def unpublished(database: Database) -> int:
    async with database.session() as session:
        statement = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.published_at.is_(None))
        return await session.scalar(statement) or 0


async def until_published(database: Database, left: int = 0, *, seconds: float = 10) -> None:
    async def done() -> bool:
        return await unpublished(database) == left

    await until(done, seconds=seconds)


def on_the_bus(bus: MemoryBus, noun: str = "registry.person") -> dict[str, list[int]]:
    """The versions of each key, in the order in which they lie on the topic."""
    found: dict[str, list[int]] = {}
    for lane, records in sorted(bus.log.items()):
        for record in records:
            if lane.topic == TOPICS[noun].name and record.key is not None:
                found.setdefault(record.key.decode(), []).append(int(dict(record.headers)["ce_sequence"]))
    return found


class Between:
    """A sender with something between it and the bus: `before` may answer in its place, `after` happens when sent."""

    def __init__(
        self,
        sender: Sender,
        *,
        before: Callable[[Message], SendFailed | None] | None = None,
        after: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._sender = sender
        self._before = before
        self._after = after

    async def send(self, messages: Sequence[Message]) -> list[Sent | SendFailed]:
        outcomes: list[Sent | SendFailed] = []
        stopped: set[bytes] = set()
        for message in messages:
            failure = Held() if message.key in stopped else self._before(message) if self._before else None
            if failure is not None:
                stopped.add(message.key)
                outcomes.append(failure)
            else:
                outcomes += await self._sender.send([message])
        if self._after is not None:
            await self._after()
        return outcomes

    async def close(self) -> None:
        await self._sender.close()


class BusBetween(MemoryBus):
    """A MemoryBus whose senders are Between."""

    def __init__(
        self,
        *,
        before: Callable[[Message], SendFailed | None] | None = None,
        after: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__({topic.name: 4 for topic in TOPICS.values()}, others=None)
        self._between = (before, after)

    def sender(self) -> Between:  # type: ignore[override]  # the same protocol
        before, after = self._between
        return Between(super().sender(), before=before, after=after)


def refusing(sequence: int, while_: Callable[[], bool]) -> Callable[[Message], SendFailed | None]:
    """The broker will not take that version of anybody, as long as `while_` says so."""

    def before(message: Message) -> SendFailed | None:
        return MessageRefused("no") if while_() and int(dict(message.headers)["ce_sequence"]) == sequence else None

    return before


async def until_holding(relay: Relay, shards: int) -> None:
    async def holds() -> bool:
        return len(relay.held) == shards

    await until(holds)


async def cut_relay(database: Database) -> None:
    """The relay's connection dies, as with a restart of PostgreSQL."""
    async with database.session() as session:
        await session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name LIKE '%relay'"
            )
        )
