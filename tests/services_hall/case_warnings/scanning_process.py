"""A worker process of its own that scans for warnings: `python -m … URL NOW BATCH [hold]`, until it is killed.

`hold`: it stands still inside the transaction of its first step, with everything written and nothing committed.
"""

import asyncio
import sys
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext, UseCaseContext
from shared.messaging.outbox.writer import Outbox
from shared.schedules import Schedule, Scheduler
from shared.testing.clock import FrozenClock
from shared.testing.settings import settings_for

EVERY = timedelta(minutes=10)


def says(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def a_duty(batch: int, *, hold: bool = False) -> Schedule:
    """The duty in steps of so many."""

    async def scan(context: UseCaseContext) -> bool:
        more = await use_cases(context).warning_scan.scan(batch)
        await context.session.flush()
        if hold:
            says("holding")
            await asyncio.sleep(600)
        return more

    return Schedule("case_warnings", EVERY, scan)


def scheduler(database: Database, crypto: Crypto, clock: FrozenClock, duty: Schedule) -> Scheduler:
    """The scheduler of a worker with this duty alone."""

    def context_of(session: AsyncSession) -> PlainContext:
        outbox = Outbox(session, owner="services_hall", clock=clock)
        return PlainContext(session, clock, outbox, crypto, AccessNotes(clock))

    return Scheduler(database, (duty,), context_of)


async def main(url: str, now: str, batch: str, *how: str) -> None:
    clock = FrozenClock(datetime.fromisoformat(now))
    crypto = Crypto.from_settings(settings_for("services_hall", url))
    database = Database(url, pool=2, application="scanning-process", statement_timeout_ms=120_000)
    says("started")
    await scheduler(database, crypto, clock, a_duty(int(batch), hold="hold" in how)).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
