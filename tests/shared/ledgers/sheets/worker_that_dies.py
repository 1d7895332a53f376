"""A worker that kills itself in an import: `python -m tests.shared.ledgers.sheets.worker_that_dies URL FILES`.

Each line of standard input is the number of the step at whose end it dies, all its rows sent and none committed. It is
answered with how the process ended that did the work: a fork of this one, which has loaded what it needs.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from services.grid.features import SPEC
from services.grid.ledgers.service import SURROUNDINGS
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.jobs import context
from shared.jobs.runner import run_one
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.ledgers.records.wiring import LedgerParts
from shared.testing.clock import FrozenClock
from shared.testing.settings import settings_for
from tests.shared.ledgers.sheets.working import kinds_of, unlogged


def dies_at(last: int) -> None:
    """Let this process end with the step of this number: what it sent is rolled back by the server."""
    hold, steps = context.JobContext._hold, 0

    async def held(self: context.JobContext, session: Any, **values: Any) -> bool:
        nonlocal steps
        cancelled = await hold(self, session, **values)
        steps += bool(values)  # a heartbeat writes nothing else
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return cancelled

    context.JobContext._hold = held  # type: ignore[method-assign]


async def work(url: str, files: str) -> None:
    database = Database(url, pool=3, application="dies", statement_timeout_ms=60_000)
    settings = settings_for(SPEC.name, url, files=files)
    parts = LedgerParts(PublishedLedgers, SURROUNDINGS)
    kinds = kinds_of(SPEC, settings, parts, database, Crypto.from_settings(settings), FrozenClock(), unlogged())
    await run_one(database, kinds, stop=asyncio.Event())


def die_as_told(work: Callable[[], None]) -> None:
    """For each line of standard input a fork that works until the step of that number, and how it ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # its log is no answer
            dies_at(int(line))
            work()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    die_as_told(lambda: asyncio.run(work(*sys.argv[1:])))
