"""Gathered reads: keys of several callers in one statement, on a connection of the pool without a transaction."""

import asyncio
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from shared.db.lanes import Lanes, Sessions

LANES = 2
"""While one waits for the database, the other gathers."""


@dataclass(frozen=True, slots=True)
class Question:
    """A read by keys. `sql` takes the keys as an array, `$1`; each row has its key in the column `key`, once."""

    sql: str
    key: str


Rows = Mapping[Any, asyncpg.Record]
Waiting = tuple[Collection[Hashable], "asyncio.Future[Rows]"]


class Gathering(Lanes):
    """Gathered reads of one process. What it reads is committed; it sees nothing of a transaction under way."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__(sessions, lanes=LANES, name="gathered-reads")
        self._waiting: dict[Question, list[Waiting]] = {}
        self._asked: dict[asyncio.Task[Any] | None, list[Waiting]] = {}

    async def ask(self, question: Question, keys: Collection[Hashable]) -> Rows:
        """The rows of these keys, as far as they exist. Raises what the driver raises while the database is away."""
        if not keys:
            return {}
        answer: asyncio.Future[Rows] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(question, []).append((keys, answer))
        self._call()
        return await answer

    def _waits(self) -> bool:
        return bool(self._waiting)

    async def _answer(self, connection: asyncpg.Connection) -> None:
        question = next(iter(self._waiting))
        lane = asyncio.current_task()
        callers = self._asked[lane] = self._waiting.pop(question)
        wanted = {key for keys, _ in callers for key in keys}
        rows = {row[question.key]: row for row in await connection.fetch(question.sql, list(wanted))}
        for keys, answer in callers:
            if not answer.done():  # the caller may have gone away
                answer.set_result({key: rows[key] for key in keys if key in rows})
        del self._asked[lane]

    def _fail(self, error: Exception, *, everybody: bool) -> None:
        lost = self._asked.pop(asyncio.current_task(), [])
        if everybody:
            for callers in self._waiting.values():
                lost += callers
            self._waiting = {}
        for _, answer in lost:
            if not answer.done():
                answer.set_exception(error)
