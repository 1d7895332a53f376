"""What tests of the consuming side share."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy import text

from shared.crypto.keyring import KeyRing
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.bus.interface import Bus, Message
from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.reading.runner import ConsumerRunner
from shared.messaging.reading.watchdog import ConsumerTuning
from tests.shared.arrivals import Told, a_record

QUICK = ConsumerTuning(poll=0.02, check_broker=0.05, housekeeping=0.1, backoff_max=0.2)
"""Machines are shared: only tests about standing still shorten `stuck`."""
CRYPTO = Crypto(KeyRing({"a": b"f" * 16}), KeyRing({"a": b"i" * 32}))


@asynccontextmanager
async def running(*runners: ConsumerRunner) -> AsyncIterator[None]:
    """Runs them beside the body, then stops them in order; a runner that failed fails the test."""
    tasks = [asyncio.ensure_future(runner.run()) for runner in runners]
    try:
        yield
    finally:
        for runner in runners:
            runner.stop()
        async with asyncio.timeout(60):
            await asyncio.gather(*tasks)


async def tell(bus: Bus, *states: Told | StoredRecord) -> None:
    """Puts records on a bus as the relay would; records that were made wrong go as they are."""
    sender = bus.sender()
    now = round(time.time() * 1000)  # Kafka throws away what is older than the retention of the topic
    messages = []
    for state in states:
        record = state if isinstance(state, StoredRecord) else a_record(state)
        assert record.key is not None
        assert record.value is not None
        messages.append(Message(record.topic, record.key, record.value, record.headers, now))
    await sender.send(messages)
    await sender.close()


async def until_is(found: Callable[[], Awaitable[object]], expected: object, seconds: float = 60.0) -> None:
    """Waits for a value; says what it was when the time is over."""
    last: object = None
    try:
        async with asyncio.timeout(seconds):
            while (last := await found()) != expected:
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"still {last!r}, not {expected!r}") from None


async def query(database: Database, statement: str) -> object:
    """The only value of a statement."""
    async with database.session() as session:
        found: object = await session.scalar(text(statement))
        return found
