"""The hot read: ids gather while connections are busy, and one statement answers all of them.

A caller never shares a statement that began before it asked: what it wrote a moment ago, it reads.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql.asyncpg import dialect

from services.registry.domain.persons import PersonRecord
from services.registry.repository.persons import ONE
from shared.db.engine import Database

LANES = 2
"""Connections of the pool at most: while one waits for the database, the other gathers."""

_SELECT = ONE.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects are not typed
SQL = f"{_SELECT} WHERE persons.id = ANY($1::uuid[])"  # no value is in it


class PersonLoader:
    """One per process. Holds a connection of the pool only while somebody waits."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._waiting: dict[UUID, asyncio.Future[PersonRecord | None]] = {}
        self._lanes: set[asyncio.Task[None]] = set()

    async def load(self, id: UUID) -> PersonRecord | None:
        """A person by id. Raises what the driver raises while the database is away."""
        answer = self._waiting.get(id)
        if answer is None:
            answer = asyncio.get_running_loop().create_future()
            answer.add_done_callback(_seen)
            self._waiting[id] = answer
            if len(self._lanes) < LANES:
                lane = asyncio.create_task(self._answer_all(), name="person-loader")
                self._lanes.add(lane)
                lane.add_done_callback(self._lanes.discard)
        return await asyncio.shield(answer)  # a caller that goes away must not take the others' answer along

    async def _answer_all(self) -> None:
        """Answer until nobody waits. A failure is everybody's who waited for the same statement."""
        batch: dict[UUID, asyncio.Future[PersonRecord | None]] = {}
        try:
            async with self._database().session() as session:
                connection = await (await session.connection()).get_raw_connection()
                raw: Any = connection.driver_connection  # asyncpg's own, with SQLAlchemy's JSON codec
                while self._waiting:
                    batch, self._waiting = self._waiting, {}
                    for row in await raw.fetch(SQL, list(batch)):
                        batch.pop(row[0]).set_result(PersonRecord(*row))
                    for answer in batch.values():
                        answer.set_result(None)
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait hear it: else they wait for ever
            failed, self._waiting = {**batch, **self._waiting}, {}
            for answer in failed.values():
                if not answer.done():
                    answer.set_exception(error)


def _seen(answer: asyncio.Future[PersonRecord | None]) -> None:
    """An error that nobody waits for any more is no defect."""
    if not answer.cancelled():
        answer.exception()
