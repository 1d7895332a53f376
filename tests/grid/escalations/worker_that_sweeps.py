"""A worker of escalations in a process of its own. `dies`: in its n-th run it waits, uncommitted, to be killed.

Arguments: the database, the instant at which it is, incidents of a rule in one transaction, and n (0: it does not die).
"""

import asyncio
import sys
from dataclasses import replace
from datetime import datetime, timedelta

from services.grid.escalations import service
from services.grid.escalations.schedules import SWEEP, sweep
from services.grid.features import SPEC
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import UseCaseContext
from shared.process import plain_context
from shared.schedules import Scheduler
from shared.testing.clock import FrozenClock
from shared.testing.settings import settings_for


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def work(url: str, at: datetime, batch: int, dies: int) -> None:
    service.BATCH = batch
    database, clock = Database(url, pool=2, application="sweeper"), FrozenClock(at)
    crypto = Crypto.from_settings(settings_for("grid", url))
    runs = 0

    async def run(context: UseCaseContext) -> bool:
        nonlocal runs
        more = await sweep(context)
        await context.session.flush()
        runs += 1
        if runs == dies:
            say("dying")
            await asyncio.Event().wait()
        return more

    schedule = replace(SWEEP, every=timedelta(), run=run)
    scheduler = Scheduler(database, [schedule], lambda session: plain_context(session, SPEC, clock, crypto))
    say("working")
    while True:
        await scheduler.fire(schedule)
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], datetime.fromisoformat(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
