"""Connections to PostgreSQL: one pool per process with a fair bound, and raw connections outside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from shared.db.diagnosis import diagnose_database
from shared.db.faults import READ_ONLY, sqlstate_of
from shared.db.gathering import Gathering
from shared.db.group_commit import GroupCommit
from shared.db.pooler import diagnose_pooler
from shared.db.session import TurnSession, row_session
from shared.db.turns import Turns
from shared.db.waking import MARK, Waker
from shared.diagnostics import Diagnostics
from shared.errors import Unavailable
from shared.observability import metrics

CONNECT_TIMEOUT = 5.0

GONE = (
    *(SQLAlchemyError, OSError, TimeoutError),
    *(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError),
)
"""What a database that is away may raise. (The last: a connection that was ended just before a statement.)"""


class DatabaseBusy(Unavailable):
    """Refusal: no connection became free in time; the same request may be sent again."""


def raw_dsn(url: str) -> str:
    """DSN for asyncpg of a `postgresql+asyncpg://…` address."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def server_settings(application: str, statement_timeout_ms: int, lock_timeout_ms: int) -> dict[str, str]:
    """Server settings of every connection: time-outs, UTC, application name."""
    return {
        "application_name": application,
        "statement_timeout": str(statement_timeout_ms),
        "lock_timeout": str(lock_timeout_ms),
        "idle_in_transaction_session_timeout": "60000",
        "timezone": "UTC",
        "jit": "off",
    }


def _give_up_read_only(failed: ExceptionContext) -> None:
    """A server that does not write is no primary any more: the pool lets go of it, the next connection asks anew."""
    if sqlstate_of(failed.original_exception) == READ_ONLY:
        failed.is_disconnect = True


class Database:
    """Database pool, one per process. `url` is `postgresql+asyncpg://…`; nothing connects before the first use.

    A session waits its turn with its first statement (`shared.db.turns`: fair between callers; SQLAlchemy's own pool
    starves waiters), at most `wait` seconds, then raises DatabaseBusy. It does not commit: its door does.

    `reads` are gathered reads of what is committed, `group` the group commit of new rows, `waker` the NOTIFY of those
    who wait for them.
    """

    def __init__(
        self,
        url: str,
        *,
        pool: int,
        application: str,
        statement_timeout_ms: int = 10_000,
        lock_timeout_ms: int = 3_000,
        wait: float = 10.0,
        diagnostics: Diagnostics | None = None,
    ) -> None:
        self.diagnostics = diagnostics or Diagnostics()
        self._dsn = raw_dsn(url)
        self._application = application
        self._server_settings = server_settings(application, statement_timeout_ms, lock_timeout_ms)
        self._turns = Turns(pool)
        self._wait = wait
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            pool_recycle=1800,
            hide_parameters=True,  # a log line with parameters would be a log line with names and numbers
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={"server_settings": self._server_settings | {MARK: "on"}, "timeout": CONNECT_TIMEOUT},
        )
        event.listen(self.engine.sync_engine, "handle_error", _give_up_read_only)
        self._sessions_are_ours = False
        self.waker = Waker(lambda: self.connect_raw(purpose="waker"))
        self.reads = Gathering(self.session)
        self.group = GroupCommit(self.session, self.waker.wake)

    @asynccontextmanager
    async def session(self, caller: str | None = None) -> AsyncIterator[AsyncSession]:
        """A session that gets a connection of the pool with its first statement.

        Not committed at the end: what was not committed is rolled back. `caller`: on whose behalf, if a request asks;
        None for the process's own work.
        """
        session = self.open_session(caller)
        try:
            yield session
        finally:
            await session.finish()

    def open_session(self, caller: str | None = None) -> TurnSession:
        """The same for who ends it by `finish()`."""
        return TurnSession(
            self.engine,
            take=partial(self._take_turn, caller),
            give_back=partial(self._give_back_turn, caller),
            reads=self.reads,
            told=self.waker.wake,
        )

    async def commit(self, session: AsyncSession) -> None:
        """Commit what the session did; new rows and nothing else go together with those of other requests."""
        beneath = row_session(session)
        if beneath.only_rows and await self.group.write(beneath.rows):
            beneath.rows.clear()
        else:
            await session.commit()

    async def _take_turn(self, caller: str | None) -> None:
        started = asyncio.get_running_loop().time()
        if not self._turns.free(caller):
            self.reads.give_way()
            self.group.give_way()
        try:
            async with asyncio.timeout(self._wait):
                await self._turns.take(caller)
        except TimeoutError as error:
            raise DatabaseBusy(retry_after=1) from error
        metrics.DATABASE_WAIT.observe(asyncio.get_running_loop().time() - started)
        metrics.DATABASE_IN_USE.inc()

    def _give_back_turn(self, caller: str | None) -> None:
        metrics.DATABASE_IN_USE.dec()
        self._turns.give_back(caller)

    async def connect_raw(self, *, purpose: str = "", statement_timeout_ms: int | None = None) -> asyncpg.Connection:
        """A connection outside the pool: LISTEN, advisory locks held for long, COPY. The caller closes it."""
        settings = dict(self._server_settings)
        if purpose:
            settings["application_name"] = f"{self._application}:{purpose}"[:63]
        if statement_timeout_ms is not None:
            settings["statement_timeout"] = str(statement_timeout_ms)
        connection: asyncpg.Connection = await asyncpg.connect(
            self._dsn, timeout=CONNECT_TIMEOUT, server_settings=settings
        )
        return connection

    async def _connect_once(self) -> asyncpg.Connection:
        """A connection that leaves no prepared statement behind."""
        connection: asyncpg.Connection = await asyncpg.connect(
            self._dsn, timeout=CONNECT_TIMEOUT, server_settings=self._server_settings, statement_cache_size=0
        )
        return connection

    async def ready(self) -> bool:
        """Whether the database answers within two seconds, and no pooler stands before it that we cannot work with.

        Never raises. On a connection of its own: a pool that is busy is no reason to be taken out of service.
        """
        try:
            async with asyncio.timeout(2):
                if not self._sessions_are_ours:
                    unsuited = await diagnose_pooler(self._connect_once, self._server_settings)
                    self.diagnostics.report("database", unsuited)
                    self._sessions_are_ours = unsuited is None
                    return self._sessions_are_ours
                connection = await self.connect_raw(purpose="ready")
                try:
                    await connection.fetchval("SELECT 1")
                finally:
                    await connection.close(timeout=1)
        except GONE as error:
            self.diagnostics.report("database", diagnose_database(error))
            return False
        self.diagnostics.report("database", None)
        return True

    async def close(self) -> None:
        """Closes every idle connection of the pool, after those that were kept have been given back."""
        await self.reads.let_go()
        await self.group.let_go()
        await self.waker.close()
        await self.engine.dispose()
