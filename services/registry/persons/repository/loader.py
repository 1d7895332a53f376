"""Batching loader of persons by id: ids gather while connections are busy, and one statement answers all of them.

A caller never shares a statement that began before its call: it reads what it committed before.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql.asyncpg import dialect

from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import ONE
from shared.db.engine import GONE, Database

LANES = 2
"""Connections of the pool at most: while one waits for the database, the other gathers."""
LINGER = 0.5

_SELECT = ONE.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects are not typed
SQL = f"{_SELECT} WHERE persons.id = ANY($1::uuid[])"  # no value is in it


class PersonLoader:
    """One per process. A lane holds a connection of the pool while somebody waits, and `LINGER` seconds longer."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._waiting: dict[UUID, asyncio.Future[PersonRecord | None]] = {}
        self._lanes: set[asyncio.Task[None]] = set()
        self._idle: list[asyncio.Future[bool]] = []
        self._known: Database | None = None

    async def load(self, id: UUID) -> PersonRecord | None:
        """A person by id. Raises what the driver raises while the database is away."""
        answer = self._waiting.get(id)
        if answer is None:
            answer = asyncio.get_running_loop().create_future()
            answer.add_done_callback(_seen)
            self._waiting[id] = answer
            if self._idle:
                self._idle.pop().set_result(True)
            elif len(self._lanes) < LANES:
                lane = asyncio.create_task(self._answer_all(), name="person-loader")
                self._lanes.add(lane)
                lane.add_done_callback(self._lanes.discard)
        return await asyncio.shield(answer)  # a caller that goes away must not take the others' answer along

    async def let_go(self) -> None:
        """Give the connections back: nobody asks any more."""
        for call in tuple(self._idle):
            self._give_up(call)
        if self._lanes:
            await asyncio.wait(self._lanes)

    async def _answer_all(self) -> None:
        """Answer until nobody waits any more. A failure is everybody's who waited for the same statement."""
        batch: dict[UUID, asyncio.Future[PersonRecord | None]] = {}
        database = self._database()
        if database is not self._known:
            self._known = database
            database.before_close(self.let_go)
        try:
            async with database.session() as session:
                held = await session.connection()
                raw: Any = (await held.get_raw_connection()).driver_connection  # with SQLAlchemy's JSON codec
                try:
                    while self._waiting or await self._called():
                        batch, self._waiting = self._waiting, {}
                        for row in await raw.fetch(SQL, list(batch)):
                            batch.pop(row["id"]).set_result(PersonRecord(**row))
                        for answer in batch.values():
                            answer.set_result(None)
                except GONE:
                    await held.invalidate()  # SQLAlchemy has not seen it, and would hand it to the next
                    raise
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait hear it: else they wait for ever
            failed, self._waiting = {**batch, **self._waiting}, {}
            for answer in failed.values():
                if not answer.done():
                    answer.set_exception(error)

    async def _called(self) -> bool:
        """Whether somebody came before `LINGER` was over: a checkout costs more than the statement."""
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

    def _give_up(self, call: asyncio.Future[bool]) -> None:
        if not call.done():
            self._idle.remove(call)
            call.set_result(False)


def _seen(answer: asyncio.Future[PersonRecord | None]) -> None:
    """An error that nobody waits for any more is no defect."""
    if not answer.cancelled():
        answer.exception()
