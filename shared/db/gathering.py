"""Gathered reads: keys of several callers in one statement, on a connection of the pool without a transaction."""

import asyncio
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from shared.db.lanes import Lanes, Sessions, heard

LANES = 2
"""While one waits for the database, the other gathers."""


@dataclass(frozen=True, slots=True)
class Question:
    """A read by keys. `sql` takes the keys as an array, `$1`; each row has its key in the column `key`, once."""

    sql: str
    key: str


class Gathering(Lanes):
    """Gathered reads of one process. What it reads is committed; it sees nothing of a transaction under way."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__(sessions, lanes=LANES, name="gathered-reads")
        self._waiting: dict[Question, dict[Hashable, asyncio.Future[Any]]] = {}
        self._asked: dict[asyncio.Task[Any] | None, dict[Hashable, asyncio.Future[Any]]] = {}

    async def ask(self, question: Question, keys: Collection[Hashable]) -> Mapping[Any, asyncpg.Record]:
        """The rows of these keys, as far as they exist. Raises what the driver raises while the database is away."""
        if not keys:
            return {}
        waiting = self._waiting.setdefault(question, {})
        if not waiting.keys() >= set(keys):
            for key in keys:
                if key not in waiting:
                    waiting[key] = asyncio.get_running_loop().create_future()
                    waiting[key].add_done_callback(heard)
            self._call()
        answers = {key: waiting[key] for key in keys}
        found = {}
        for key, answer in answers.items():
            row = await asyncio.shield(answer)  # a caller that goes away must not take the others' answer along
            if row is not None:
                found[key] = row
        return found

    def _waits(self) -> bool:
        return bool(self._waiting)

    async def _answer(self, connection: asyncpg.Connection) -> None:
        question = next(iter(self._waiting))
        keys = self._waiting.pop(question)
        lane = asyncio.current_task()
        self._asked[lane] = keys
        rows = await connection.fetch(question.sql, list(keys))
        for row in rows:
            keys.pop(row[question.key]).set_result(row)
        for answer in keys.values():
            answer.set_result(None)
        del self._asked[lane]

    def _fail(self, error: Exception, *, everybody: bool) -> None:
        lost = [self._asked.pop(asyncio.current_task(), {})]
        if everybody:
            lost += self._waiting.values()
            self._waiting = {}
        for answers in lost:
            for answer in answers.values():
                if not answer.done():
                    answer.set_exception(error)
