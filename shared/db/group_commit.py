"""Group commit of new rows: what several requests add goes into all its tables in one statement, and is one commit.

Only requests that do nothing but add rows come here. If the statement is refused (a number that is registered already,
a lock that is not to be had at once) nothing of it has happened, and each writes in a transaction of its own: there
one caller's fault is his alone.
"""

import asyncio
from collections.abc import Callable

import asyncpg

from shared.db.faults import READ_ONLY, sqlstate_of
from shared.db.lanes import LOST, PLANNED_ONCE, Lanes, Sessions
from shared.db.rows import Rows
from shared.observability import metrics

LANES = 2
"""While one waits for the disk, the other gathers."""
MAX_ROWS = 1000
"""Rows of one statement; what is over waits for the next."""
PATIENCE_MS = 100
"""For a lock that another transaction holds: those who share the statement must not wait for one of them."""

REFUSED = (asyncpg.QueryCanceledError, ValueError)
"""Of what looks like a lost connection: the statement's time-out, and what the driver refuses to send at all."""

Waiting = tuple[Rows, "asyncio.Future[bool]"]


class GroupCommit(Lanes):
    """Group commit of one process. `told` hears, after a commit, the channels of the rows."""

    settings = (*PLANNED_ONCE, f"lock_timeout = {PATIENCE_MS}")

    def __init__(self, sessions: Sessions, told: Callable[[frozenset[str]], None]) -> None:
        super().__init__(sessions, lanes=LANES, name="group-commit")
        self._told = told
        self._waiting: list[Waiting] = []
        self._writing: dict[asyncio.Task[object] | None, list[Waiting]] = {}

    async def write(self, rows: Rows) -> bool:
        """True once the rows are committed, all of them; False if the group was refused: then nothing is written.

        Raises what the driver raises if the connection was lost: whether they are committed is not known then.
        """
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((rows, done))
        self._call()
        return await done  # a caller that goes away cancels only this: the rows are written all the same

    def _waits(self) -> bool:
        return bool(self._waiting)

    async def _answer(self, connection: asyncpg.Connection) -> None:
        callers = self._writing[asyncio.current_task()] = self._take()
        together = Rows()
        for rows, _ in callers:
            together.extend(rows)
        try:
            sql, arrays = together.statement()
            await connection.execute(sql, *arrays)
        except Exception as error:
            gone = isinstance(error, LOST) and not isinstance(error, REFUSED)
            if gone or sqlstate_of(error) == READ_ONLY:  # a server that does not write: the next connection asks anew
                raise
            metrics.GROUP_COMMITS.labels("refused").inc()
            written = False
        else:
            metrics.GROUP_COMMITS.labels("written").inc()
            self._told(together.channels)
            written = True
        del self._writing[asyncio.current_task()]
        for _, done in callers:
            if not done.done():
                done.set_result(written)

    def _take(self) -> list[Waiting]:
        """The callers of the next commit, oldest first; at least one, however much it brings."""
        count, total = 0, 0
        for rows, _ in self._waiting:
            total += len(rows)
            if count and total > MAX_ROWS:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    def _fail(self, error: Exception, *, everybody: bool) -> None:
        lost = self._writing.pop(asyncio.current_task(), [])
        if everybody:
            lost += self._waiting
            self._waiting = []
        for _, done in lost:
            if not done.done():
                done.set_exception(error)
