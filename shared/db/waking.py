"""NOTIFY after the commit, from a connection of its own: in the transaction itself it would make commits queue.

PostgreSQL holds one lock for the whole server from a transaction's NOTIFY until its commit is on the disk, so commits
that notify cannot share a write to the disk. If a process dies between commit and NOTIFY, the listener finds the rows
when it looks by itself, as it does every second.
"""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import structlog

log = structlog.get_logger(__name__)

MARK = "xiangli.wakes"
"""Setting of connections whose process notifies by itself: the trigger of the table leaves it to them."""

FAILED = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)


class Waker:
    """Waker of the listeners of one database: a NOTIFY per channel for all commits since the last one."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
        self._connect = connect
        self._channels: set[str] = set()
        self._connection: asyncpg.Connection | None = None
        self._waking: asyncio.Task[None] | None = None

    def wake(self, channels: frozenset[str]) -> None:
        """Wake who listens to these channels, soon. Returns at once; a failure is left to the listeners' own look."""
        self._channels |= channels
        if self._channels and (self._waking is None or self._waking.done()):
            self._waking = asyncio.get_running_loop().create_task(self._notify(), name="waker")

    async def close(self) -> None:
        """Wake whoever is still to be woken, then close the connection."""
        if self._waking is not None:
            await asyncio.wait({self._waking})
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close(timeout=1)

    async def _notify(self) -> None:
        try:
            while self._channels:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._connect()
                channels, self._channels = self._channels, set()
                await self._connection.execute("; ".join(f'NOTIFY "{channel}"' for channel in sorted(channels)))
        except FAILED as error:
            self._channels = set()
            log.warning("waker_failed", error=type(error).__name__)
