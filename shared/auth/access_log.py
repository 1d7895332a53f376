"""The access log of one process: group commit on a connection of its own, before the answer leaves.

Rows are append-only and hash-chained, one chain per writer process. Callers that wait while a commit is under way share
the next one. The head of the chain is announced outside the database each minute, so that a tail cut off inside it
shows (`shared.auth.access_verify`); what a process wrote after its last announcement has no witness.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from operator import attrgetter

import asyncpg
import structlog

from shared.auth.access_chain import GENESIS, Head, batch_hash
from shared.auth.access_entries import (
    AccessEntry,
    AccessNotes,
    Actor,
    Detail,
    Purpose,
    Result,
    SystemActor,
    storable,
)
from shared.clock import Clock
from shared.errors import Unavailable
from shared.observability import metrics

__all__ = ["AccessEntry", "AccessLog", "AccessNotes", "Actor", "Detail", "Purpose", "Result", "SystemActor"]

log = structlog.get_logger(__name__)

MAX_ROWS = 2000
"""Rows of one commit; what is over waits for the next."""

MANY = 100
"""Rows from which on they are copied: the driver looks at each value of an array four times."""

CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 10.0

COLUMNS = (
    *("at", "subject", "role", "purpose", "action", "noun"),
    *("object_id", "area", "detail", "result", "request_id"),
)
_values = attrgetter(*COLUMNS)

COPIED = ("writer", "batch", "position", "at", "occurred_at", *COLUMNS[1:])
"""Columns of a copied row."""

BEGIN_BATCH = """
INSERT INTO access_log_batches (writer, number, at, count, previous, hash) VALUES ($1, $2, $3, $4, $5, $6)
"""

# One statement, so that a batch is one round trip and one commit.
APPEND = """
WITH batch AS (
    INSERT INTO access_log_batches (writer, number, at, count, previous, hash) VALUES ($1, $2, $3, $4, $5, $6)
)
INSERT INTO access_log (writer, batch, position, at, occurred_at, subject, role, purpose, action, noun, object_id, area,
                        detail, result, request_id)
SELECT $1, $2, ordinality - 1, $3, occurred_at, subject, role, purpose, action, noun, object_id, area,
       detail, result, request_id
FROM unnest($7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
            $15::text[], $16::text[], $17::text[]) WITH ORDINALITY
     AS rows (occurred_at, subject, role, purpose, action, noun, object_id, area,
              detail, result, request_id, ordinality)
"""

# A session lock, not one of the transaction: it is only given when the connection before us is truly gone, and with it
# any commit that was still under way. Then the end of the chain that we read is the end.
HOLD = "SELECT pg_advisory_lock(hashtextextended('access_log ' || $1, 0))"
LAST = "SELECT number, hash, at FROM access_log_batches WHERE writer = $1 ORDER BY number DESC LIMIT 1"

LOST = (
    *(asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, OSError),
    *(asyncpg.InterfaceError, asyncpg.InternalClientError),
)
"""The connection is gone; whether the batch was committed is not known."""

FAILED = (asyncpg.PostgresError, *LOST, TimeoutError)

Waiting = tuple[Sequence[AccessEntry], "asyncio.Future[None]"]


class AccessLogUnavailable(Unavailable):
    """The access could not be recorded; so the caller gets no answer with personal data."""

    code, title = "access_log_unavailable", "访问日志暂时不可用"
    advice = "请稍候再试；持续出现时请联系运维人员"


class AccessLog:
    """Access log of one process: one chain, one connection, one task.

    `writer` names the process and must never have been another's. `dsn` is a raw PostgreSQL DSN (no `+asyncpg`).
    `announce` gets the head every `announce_every` seconds when it moved, and once more on `stop`; it defaults to a log
    line `access_log_head`.
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
        self._connection: asyncpg.Connection | None = None
        self._waiting: list[Waiting] = []
        self._wake = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None
        self._announcing: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def head(self) -> Head:
        """The last committed batch."""
        return self._head

    async def start(self) -> None:
        """Start the writer. Does not need the database yet: a connection is made when there is something to write."""
        self._stopping = False
        self._writing = asyncio.create_task(self._write_on(), name="access-log")
        self._announcing = asyncio.create_task(self._announce_heads(), name="access-log-heads")

    async def write(self, entries: Sequence[AccessEntry]) -> None:
        """Returns once the entries are committed. Raises `AccessLogUnavailable` when they are not, or may not be."""
        if not entries:
            return
        if self._stopping or self._writing is None or self._writing.done():
            raise AccessLogUnavailable(retry_after=1)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(([storable(entry) for entry in entries], done))
        self._wake.set()
        await done

    async def stop(self) -> None:
        """Write what waits, announce the head, close the connection."""
        if self._writing is None or self._announcing is None:
            return
        self._stopping = True
        self._wake.set()
        self._announcing.cancel()
        await asyncio.gather(self._writing, self._announcing, return_exceptions=True)
        self._writing = self._announcing = None
        self._announce_moved()
        await self._disconnect()

    async def _write_on(self) -> None:
        try:
            while not (self._stopping and not self._waiting):
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await self._commit(self._take())
        finally:
            for _, done in self._waiting:
                _refuse(done)
            self._waiting.clear()

    def _take(self) -> list[Waiting]:
        """The callers of the next commit, oldest first; at least one, however much it brings."""
        count, rows = 0, 0
        for entries, _ in self._waiting:
            rows += len(entries)
            if count and rows > MAX_ROWS:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    async def _commit(self, callers: list[Waiting]) -> None:
        entries = [entry for brought, _ in callers for entry in brought]
        try:
            with metrics.ACCESS_BATCH_SECONDS.time():
                await self._append(entries)
        except FAILED as error:
            metrics.ACCESS_FAILURES.inc()
            log.error("access_log_failed", error=type(error).__name__, rows=len(entries), writer=self._head.writer)
            await self._disconnect()
        else:
            metrics.ACCESS_ROWS.inc(len(entries))
            for _, done in callers:
                if not done.done():
                    done.set_result(None)
        finally:
            for _, done in callers:
                _refuse(done)

    async def _append(self, entries: Sequence[AccessEntry]) -> None:
        """Commit one batch. A lost connection is replaced once, and the batch sent again only if it is not there."""
        connection = await self._connected()
        intended = self._next(entries)
        try:
            await self._insert(connection, intended, entries)
        except LOST:
            await self._disconnect()
            connection = await self._connected()
            if self._head == intended:
                return
            intended = self._next(entries)
            await self._insert(connection, intended, entries)
        self._head = intended

    def _next(self, entries: Sequence[AccessEntry]) -> Head:
        """The head after the batch to come. A chain's times never run backwards, so that retention cuts it once."""
        now = self._clock.now()
        at = now if self._head.at is None else max(now, self._head.at)
        return Head(self._head.writer, self._head.number + 1, batch_hash(self._head, at, entries), at)

    async def _insert(self, connection: asyncpg.Connection, after: Head, entries: Sequence[AccessEntry]) -> None:
        if len(entries) >= MANY:
            await self._copy(connection, after, entries)
            return
        columns = [list(column) for column in zip(*map(_values, entries), strict=True)]
        await connection.execute(
            APPEND, after.writer, after.number, after.at, len(entries), self._head.hash, after.hash, *columns
        )

    async def _copy(self, connection: asyncpg.Connection, after: Head, entries: Sequence[AccessEntry]) -> None:
        """The same in a transaction of its own: the batch, and its rows by COPY."""
        key = (after.writer, after.number)
        rows = [(*key, position, after.at, *_values(entry)) for position, entry in enumerate(entries)]
        async with connection.transaction():
            await connection.execute(BEGIN_BATCH, *key, after.at, len(entries), self._head.hash, after.hash)
            await connection.copy_records_to_table("access_log", records=rows, columns=COPIED, timeout=COMMAND_TIMEOUT)

    async def _connected(self) -> asyncpg.Connection:
        """The connection; after a loss a new one, and the chain's true end: the lost commit may have happened."""
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        connection = await asyncpg.connect(
            self._dsn,
            timeout=CONNECT_TIMEOUT,
            command_timeout=COMMAND_TIMEOUT,
            server_settings={
                "application_name": f"{self._head.writer}:access-log"[:63],
                "plan_cache_mode": "force_generic_plan",  # else each batch is planned anew: its arrays have a length
            },
        )
        try:
            await connection.execute(HOLD, self._head.writer)
            last = await connection.fetchrow(LAST, self._head.writer)
        except FAILED:
            connection.terminate()
            raise
        if last is not None:
            self._head = Head(self._head.writer, last["number"], last["hash"], last["at"])
        self._connection = connection
        return connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*FAILED):
                await connection.close(timeout=1)

    async def _announce_heads(self) -> None:
        while True:
            await asyncio.sleep(self._announce_every)
            self._announce_moved()

    def _announce_moved(self) -> None:
        if self._head.number and self._head != self._announced:
            self._announce(self._head)
            self._announced = self._head


def log_head(head: Head) -> None:
    """Announce the head as a log line: the log collector is the place outside the database."""
    at = None if head.at is None else head.at.isoformat()
    log.info("access_log_head", writer=head.writer, number=head.number, hash=head.hash.hex(), at=at)


def _refuse(done: "asyncio.Future[None]") -> None:
    """Fail a waiting caller that has no result yet."""
    if not done.done():
        done.set_exception(AccessLogUnavailable(retry_after=1))
