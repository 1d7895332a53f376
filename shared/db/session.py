"""Sessions: they take their turn at the pool with their first statement, and insert their new rows with their last."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, cast

import asyncpg
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.util import await_only

from shared.db.gathering import Gathering
from shared.db.rows import Rows

AtBegin = Callable[[Connection], None]
Told = Callable[[frozenset[str]], None]


class RowSession(Session):
    """Session with new rows that wait for its next statement, savepoint, flush or commit.

    `at_begin` is called with the connection once a transaction has one; `told`, after the commit, with the channels
    that are to hear of the new rows.
    """

    def __init__(self, *binds: Any, **options: Any) -> None:
        super().__init__(*binds, **options)
        self.rows = Rows()
        self.at_begin: AtBegin | None = None
        self.told: Told | None = None
        self.begun = False
        """Whether this session has said anything to the database."""
        self.optimistic = False
        """Whether rows that were added before anything was said have been sent to the database."""
        self.inserted: frozenset[str] = frozenset()
        """Channels of the rows that were inserted and are not yet committed."""
        self.noted: dict[Any, Any] = {}
        """What is known to have been done in the transaction, in its order, but for what a savepoint took back."""
        self.savepoints: dict[SessionTransaction, int] = {}
        """How much was noted when each of them began."""

    @property
    def has_entities(self) -> bool:
        """Whether the ORM holds entities that are new, changed or to be deleted. Each of them begins a transaction."""
        return self.in_transaction() and bool(self.new or self.dirty or self.deleted)

    @property
    def only_rows(self) -> bool:
        """Whether there is nothing but new rows: nothing was asked or locked, no entity waits."""
        return len(self.rows) > 0 and not self.begun and not self.has_entities

    def flush(self, objects: Any = None) -> None:
        """Entities first, then the rows."""
        super().flush(objects)
        self.insert_rows()

    def insert_rows(self) -> None:
        """Insert what waits, all tables in one statement; copy them where they are many."""
        if not len(self.rows):
            return
        taken = self.rows.take()
        if not (taken.are_many and self.begun and self._copy(taken)):
            sql, arrays = taken.statement()
            self.optimistic |= not self.begun
            self.connection().exec_driver_sql(sql, tuple(arrays))
        self.inserted |= taken.channels

    def _copy(self, taken: Rows) -> bool:
        """Copy rows into their tables, in the transaction. False: it has not begun on the server, nothing is copied."""
        raw = self.connection().connection.driver_connection
        assert isinstance(raw, asyncpg.Connection)
        if not raw.is_in_transaction():
            return False
        try:
            for table, names, records in taken.copies():
                await_only(raw.copy_records_to_table(table.name, records=records, columns=names))
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DBAPIError.instance("COPY", None, error, Exception) from error
        return True


@event.listens_for(RowSession, "do_orm_execute")
def _before_a_statement(state: ORMExecuteState) -> None:
    cast(RowSession, state.session).insert_rows()
    if getattr(state.statement, "_for_update_arg", None) is not None:
        # An entity that was read before would stay as it was then, though its lock was waited for.
        state.update_execution_options(populate_existing=True)


@event.listens_for(RowSession, "after_transaction_create")
def _before_a_savepoint(session: RowSession, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.insert_rows()  # else they would vanish with it
        session.savepoints[transaction] = len(session.noted)


@event.listens_for(RowSession, "before_commit")
def _before_the_commit(session: RowSession) -> None:
    session.flush()


@event.listens_for(RowSession, "after_begin")
def _at_the_beginning(session: RowSession, _: SessionTransaction, connection: Connection) -> None:
    session.begun = True
    if (at_begin := session.at_begin) is not None:
        session.at_begin = None
        at_begin(connection)


@event.listens_for(RowSession, "after_commit")
def _after_the_commit(session: RowSession) -> None:
    if session.inserted and not session.in_nested_transaction():
        channels, session.inserted = session.inserted, frozenset()
        if session.told is not None:
            session.told(channels)


@event.listens_for(RowSession, "after_soft_rollback")
def _after_a_rollback(session: RowSession, transaction: SessionTransaction) -> None:
    session.rows.clear()
    if not transaction.nested:
        session.inserted = frozenset()
    for key in list(session.noted)[session.savepoints.pop(transaction, 0) :]:
        del session.noted[key]


class TurnSession(AsyncSession):
    """`AsyncSession` over a `RowSession` that takes its turn at the pool when it first needs a connection."""

    sync_session_class = RowSession

    def __init__(
        self,
        bind: AsyncEngine,
        *,
        take: Callable[[], Awaitable[None]],
        give_back: Callable[[], None],
        reads: Gathering,
        told: Told,
    ) -> None:
        super().__init__(bind, expire_on_commit=False)
        self.reads = reads
        self._take = take
        self._give_back = give_back
        self._holds = False
        row_session(self).told = told

    async def take_turn(self) -> None:
        """Wait for a connection to be free. Raises `DatabaseBusy`."""
        if not self._holds:
            await self._take()
            self._holds = True

    async def finish(self) -> None:
        """Roll back what was not committed, and give back connection and turn."""
        if not self._holds:
            if self.in_transaction():
                self.sync_session.close()  # there is no connection to be given back
            return
        try:
            await self.__aexit__(None, None, None)
        finally:
            self._holds = False
            self._give_back()

    async def commit(self) -> None:
        """Nothing to commit needs no connection."""
        waiting = row_session(self)
        if len(waiting.rows) or waiting.has_entities:
            await self.take_turn()
        await super().commit()


async def rolled_back(session: AsyncSession) -> None:
    """Roll back and forget the rows; what is done after it is done in a transaction, and asks there."""
    beneath = row_session(session)
    await session.rollback()
    beneath.rows.clear()
    beneath.noted.clear()
    beneath.at_begin, beneath.optimistic = None, False


async def flush_entities(session: AsyncSession) -> None:
    """Flush what the ORM holds; new rows wait on for the last statement."""
    if row_session(session).has_entities:
        await session.run_sync(Session.flush)


def row_session(session: AsyncSession) -> RowSession:
    """The session beneath an `AsyncSession` of the kit."""
    beneath = session.sync_session
    assert isinstance(beneath, RowSession), "a session of the kit comes from Database.session()"
    return beneath


def rows_of(session: AsyncSession) -> Rows:
    """The new rows of a session's transaction: what is added here is inserted in it, without fail."""
    return row_session(session).rows


def _in_turn(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(method)
    async def taking_turns(self: TurnSession, *args: Any, **options: Any) -> Any:
        await self.take_turn()
        return await method(self, *args, **options)

    return taking_turns


for _name in (
    *("execute", "scalar", "scalars", "get", "get_one", "stream", "stream_scalars"),
    *("connection", "flush", "merge", "refresh", "run_sync", "delete"),
):
    setattr(TurnSession, _name, _in_turn(getattr(AsyncSession, _name)))
