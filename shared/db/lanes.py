"""Lanes: connections of the pool on which one statement answers all callers that gathered while they were busy."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

LINGER = 5.0
"""Seconds for which a lane keeps its connection when nobody asks it: a checkout costs more than a statement."""

PLANNED_ONCE = ("plan_cache_mode = force_generic_plan", "enable_seqscan = off")
"""Settings of connections whose statements take arrays of keys. PostgreSQL plans such a statement anew each time it is
executed, because the length of the arrays is known to it only then, and planning costs three times the statement. A
plan that was made while a table was empty would read it whole for minutes after it was filled: keys have indexes.
"""

LOST = (
    *(asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InternalClientError),
    *(OSError, TimeoutError, asyncpg.InterfaceError),
)
"""The connection is of no more use."""

Sessions = Callable[[], AbstractAsyncContextManager[AsyncSession]]


class Lanes(ABC):
    """Lanes of one kind of work: `lanes` connections at most, held while somebody waits and `LINGER` seconds longer.

    A caller never shares a statement that began before its call: it sees what it committed before.
    """

    settings: tuple[str, ...] = PLANNED_ONCE
    """Of a lane's connection, until somebody else gets it."""

    def __init__(self, sessions: Sessions, *, lanes: int, name: str) -> None:
        self._sessions = sessions
        self._most = lanes
        self._name = name
        self._lanes: set[asyncio.Task[None]] = set()
        self._idle: list[asyncio.Future[bool]] = []

    @property
    def open(self) -> int:
        """Connections held now."""
        return len(self._lanes)

    def give_way(self) -> None:
        """Give the connections back that nobody asks just now: somebody waits for one."""
        for call in tuple(self._idle):
            self._give_up(call)

    async def let_go(self) -> None:
        """Give the connections back, and wait for those that are busy."""
        self.give_way()
        if self._lanes:
            await asyncio.wait(self._lanes)

    @abstractmethod
    def _waits(self) -> bool:
        """Whether somebody waits to be answered."""

    @abstractmethod
    async def _answer(self, connection: asyncpg.Connection) -> None:
        """Answer those who wait, or as many as one statement can. Raises if the connection is of no more use."""

    @abstractmethod
    def _fail(self, error: Exception, *, everybody: bool) -> None:
        """A lane has ended: whom it was answering hears why, or everybody who waits."""

    def _call(self) -> None:
        """Somebody waits: wake a lane that is idle, or open one more."""
        if self._idle:
            self._idle.pop().set_result(True)
        elif len(self._lanes) < self._most:
            lane = asyncio.create_task(self._run(), name=self._name)
            self._lanes.add(lane)
            lane.add_done_callback(self._ended)

    def _ended(self, lane: "asyncio.Task[None]") -> None:
        self._lanes.discard(lane)
        if self._waits():  # somebody came while it was giving its connection back
            self._call()

    async def _run(self) -> None:
        connected = False
        try:
            async with self._sessions() as session:
                held = await session.connection()
                raw: Any = (await held.get_raw_connection()).driver_connection  # with SQLAlchemy's JSON codec
                connected = True
                try:
                    await raw.execute("; ".join(f"SET {one}" for one in self.settings))
                    while self._waits() or await self._called():
                        if self._waits():  # else the other lane was quicker
                            await self._answer(raw)
                    await raw.execute("; ".join(f"RESET {one.partition(' ')[0]}" for one in self.settings))
                except BaseException:
                    await held.invalidate()  # SQLAlchemy has not seen what happened, and would hand it to the next
                    raise
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait hear it
            lane = asyncio.current_task()
            assert lane is not None
            self._lanes.discard(lane)
            # Without a connection nobody who waits fares better on another lane: two lanes that ended in turn, each
            # leaving the waiting to the other, once kept callers for as long as the database was away.
            self._fail(error, everybody=not connected or not self._lanes)

    async def _called(self) -> bool:
        """Whether somebody came before `LINGER` was over."""
        loop = asyncio.get_running_loop()
        call: asyncio.Future[bool] = loop.create_future()
        self._idle.append(call)
        over = loop.call_later(LINGER, self._give_up, call)
        try:
            return await call
        finally:
            over.cancel()
            if call in self._idle:  # the lane itself was cancelled
                self._idle.remove(call)

    def _give_up(self, call: "asyncio.Future[bool]") -> None:
        if not call.done():
            self._idle.remove(call)
            call.set_result(False)
