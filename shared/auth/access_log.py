"""The access log of one process: group commit on a connection of its own, before the answer leaves.

Rows are append-only and hash-chained, one chain per writer process. Writers that wait while a commit is under way share
the next one. Heads of the chain are announced as log lines, so that a tail cut off in the database shows.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime

import asyncpg
import structlog

from shared.auth.access_chain import GENESIS, Head, batch_hash
from shared.auth.access_entries import AccessEntry, AccessNotes, Actor, Detail, Purpose, Result, SystemActor
from shared.clock import Clock
from shared.errors import Unavailable

__all__ = ["AccessEntry", "AccessLog", "AccessNotes", "Actor", "Detail", "Purpose", "Result", "SystemActor"]

log = structlog.get_logger(__name__)

MAX_BATCH = 2000
"""Rows of one commit; what is over waits for the next."""

LAST_BATCH = "SELECT number, hash, at FROM access_log_batches WHERE writer = $1 ORDER BY number DESC LIMIT 1"

INSERT_BATCH = """
INSERT INTO access_log_batches (writer, number, at, count, previous, hash) VALUES ($1, $2, $3, $4, $5, $6)
"""

INSERT_ROWS = """
INSERT INTO access_log (writer, batch, position, at, occurred_at, subject, role, purpose, action, noun, object_id, area,
                        detail, result, request_id)
SELECT $1, $2, ordinality - 1, $3, occurred_at, subject, role, purpose, action, noun, object_id, area,
       detail, result, request_id
FROM unnest($4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
            $12::text[], $13::text[], $14::text[]) WITH ORDINALITY
     AS rows (occurred_at, subject, role, purpose, action, noun, object_id, area,
              detail, result, request_id, ordinality)
"""


class AccessLogUnavailable(Unavailable):
    """The access could not be recorded; so the caller gets no answer with personal data."""

    code, title = "access_log_unavailable", "访问日志暂时不可用，请稍后重试"


class AccessLog:
    """One chain, one connection, one task. `writer` names the process and must be unused by any other that is alive.

    `dsn` is a raw PostgreSQL DSN (no `+asyncpg`). `announce` gets the head every `announce_every` seconds when it
    moved, and once more on `stop`; it defaults to a log line `access_log_head`.
    """

    def __init__(
        self,
        dsn: str,
        *,
        writer: str,
        clock: Clock,
        announce: Callable[[Head], None] | None = None,
        announce_every: float = 60.0,
    ) -> None:
        self._dsn = dsn
        self._clock = clock
        self._announce = announce or log_head
        self._announce_every = announce_every
        self._head = Head(writer, 0, GENESIS)
        self._announced: Head | None = None
        self._last_at: datetime | None = None
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._waiting: list[tuple[Sequence[AccessEntry], asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def head(self) -> Head:
        """The last committed batch."""
        return self._head

    async def start(self) -> None:
        """Begin to write. Does not need the database yet: a connection is made when there is something to write."""
        self._stopping = False
        self._tasks = [
            asyncio.create_task(self._run(), name="access-log"),
            asyncio.create_task(self._announce_heads(), name="access-log-heads"),
        ]

    async def write(self, entries: Sequence[AccessEntry]) -> None:
        """Returns once the entries are committed. Raises `AccessLogUnavailable` when they are not."""
        if not entries:
            return
        if self._stopping or not self._tasks:
            raise AccessLogUnavailable(retry_after=1)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((tuple(entries), done))
        self._wake.set()
        await done

    async def stop(self) -> None:
        """Write what waits, announce the head, close the connection."""
        if not self._tasks:
            return
        self._stopping = True
        self._wake.set()
        writing, announcing = self._tasks
        announcing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await announcing
        await writing
        self._tasks = []
        self._announce_moved()
        await self._disconnect()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self._commit(self._take())
            if self._stopping:
                return

    def _take(self) -> list[tuple[Sequence[AccessEntry], asyncio.Future[None]]]:
        """The waiting writers of the next commit, oldest first; at least one, however much it brings."""
        count, rows = 0, 0
        for entries, _ in self._waiting:
            rows += len(entries)
            if count and rows > MAX_BATCH:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    async def _commit(self, writers: list[tuple[Sequence[AccessEntry], asyncio.Future[None]]]) -> None:
        entries = [entry for batch, _ in writers for entry in batch]
        try:
            await self._append(entries)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            log.error("access_log_failed", error=type(error).__name__, rows=len(entries), writer=self._head.writer)
            await self._disconnect()
            for _, done in writers:
                if not done.done():
                    done.set_exception(AccessLogUnavailable(retry_after=1))
            return
        for _, done in writers:
            if not done.done():
                done.set_result(None)

    async def _append(self, entries: Sequence[AccessEntry]) -> None:
        connection = await self._connected()
        at = self._clock.now()
        if self._last_at is not None:
            at = max(at, self._last_at)
        before = self._head
        after = Head(before.writer, before.number + 1, batch_hash(before, at, entries))
        columns = [
            [getattr(entry, name) for entry in entries]
            for name in (
                "at",
                "subject",
                "role",
                "purpose",
                "action",
                "noun",
                "object_id",
                "area",
                "detail",
                "result",
                "request_id",
            )
        ]
        async with connection.transaction():
            await connection.execute(
                INSERT_BATCH, after.writer, after.number, at, len(entries), before.hash, after.hash
            )
            await connection.execute(INSERT_ROWS, after.writer, after.number, at, *columns)
        self._head, self._last_at = after, at

    async def _connected(self) -> "asyncpg.Connection[asyncpg.Record]":
        """The connection; after a loss, a new one, and the chain's true end (the lost commit may have happened)."""
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        connection = await asyncpg.connect(
            self._dsn, timeout=5, command_timeout=10, server_settings={"application_name": "xiangli access log"}
        )
        last = await connection.fetchrow(LAST_BATCH, self._head.writer)
        if last is not None:
            self._head = Head(self._head.writer, last["number"], last["hash"])
            self._last_at = last["at"]
        self._connection = connection
        return connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            connection.terminate()

    async def _announce_heads(self) -> None:
        while True:
            await asyncio.sleep(self._announce_every)
            self._announce_moved()

    def _announce_moved(self) -> None:
        if self._head.number and self._head != self._announced:
            self._announce(self._head)
            self._announced = self._head


def log_head(head: Head) -> None:
    """Announce by a log line; the log collector is the place outside the database."""
    log.info("access_log_head", writer=head.writer, number=head.number, hash=head.hash.hex())
