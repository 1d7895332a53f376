"""Whatever a database that is away raises, wrapped or not: it is waited for, and no record or request is wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.lineage import CachedLineage
from shared.errors import ErrorKind, Unavailable
from shared.http.errors import respond, translated
from shared.messaging.dead_letters.announcer import Announcer
from shared.messaging.failure_kinds import FailureKind, failure_kind
from shared.testing.bus import MemoryBus
from shared.testing.clock import FrozenClock

AWAY = [
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.AdminShutdownError("terminating connection due to administrator command"),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InternalClientError("got result for unknown protocol state 3"),
    ConnectionRefusedError("nobody listens"),
]

every_way = pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)


class Gone:
    """A database whose every session ends in the error."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.asked = asyncio.Event()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        self.asked.set()
        raise self._error
        yield  # makes it a generator


@every_way
def test_a_record_is_tried_again_and_not_refused(error: Exception) -> None:
    assert failure_kind(error) is FailureKind.TRANSIENT


@every_way
def test_a_request_is_told_to_come_again(error: Exception) -> None:
    refusal = translated(error, {})
    assert refusal is not None
    assert refusal.kind is ErrorKind.UNAVAILABLE
    answer = respond(error, "request", {})
    assert answer is not None
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


@every_way
async def test_the_announcer_of_dead_letters_outlives_it(error: Exception, clock: FrozenClock) -> None:
    database: Any = Gone(error)
    stop = asyncio.Event()
    announcing = asyncio.create_task(Announcer(database, MemoryBus(topics={}), clock, every=0.01).run(stop))
    for _ in range(2):
        async with asyncio.timeout(5):
            await database.asked.wait()
        database.asked.clear()
    stop.set()
    async with asyncio.timeout(5):
        await announcing


@every_way
async def test_a_tree_that_was_never_read_is_unavailable(error: Exception, clock: FrozenClock) -> None:
    database: Any = Gone(error)

    async def never(_: AsyncSession) -> Any:
        raise AssertionError

    with pytest.raises(Unavailable):
        await CachedLineage(database, never, clock).lineage()
