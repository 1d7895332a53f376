"""Jobs as tests ask for them, look at them and run them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text

from shared.db.engine import Database
from shared.jobs import queue
from shared.jobs.context import JobKind
from shared.jobs.queue import Job
from shared.jobs.runner import run_jobs


async def ask(database: Database, kind: str = "count", params: Mapping[str, Any] | None = None, **more: Any) -> Job:
    """A committed job."""
    async with database.session() as session:
        job = await queue.enqueue(session, kind, {"to": 10} if params is None else params, **more)
        await session.commit()
    return job


async def look(database: Database, job: Job) -> Job:
    """The job as it is now."""
    async with database.session() as session:
        return await queue.find(session, job.id)


async def cancel(database: Database, job: Job) -> Job:
    """Asks for the end."""
    async with database.session() as session:
        found = await queue.cancel(session, job.id)
        await session.commit()
    return found


async def effects(database: Database) -> list[tuple[str, str]]:
    """Steps that were committed, and by whom."""
    async with database.session() as session:
        rows = await session.execute(text("SELECT reader, cluster_id FROM broker_seen ORDER BY reader"))
        return [(row[0], row[1]) for row in rows]


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Waits for something that is going to happen."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(database: Database, *kinds: JobKind, **more: Any) -> AsyncIterator[asyncio.Event]:
    """A runner for the body; yields its stop."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_jobs(database, kinds, stop=stop, poll=0.02, **({"lease": 1.0} | more)))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(60):
            await task


async def finished(database: Database, job: Job) -> Job:
    """The job after its end."""

    async def over() -> bool:
        return (await look(database, job)).finished

    await until(over)
    return await look(database, job)


def steps(number: int) -> list[str]:
    """The effects of so many steps."""
    return [f"step-{step:04d}" for step in range(number)]
