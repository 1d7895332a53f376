"""A job that leaves one row per step, and a process that runs it and may be killed at any point."""

import asyncio
import sys

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import Database
from shared.jobs.context import JobContext, JobKind
from shared.jobs.runner import run_jobs

EFFECT = text("INSERT INTO broker_seen (reader, cluster_id, seen_at) VALUES (:step, :by, now())")


async def leave_row(session: AsyncSession, step: int, by: str) -> None:
    """The effect of a step; a second one of the same step violates the primary key."""
    await session.execute(EFFECT, {"step": f"step-{step:04d}", "by": by})


def counting(by: str, *, pause: float = 0.0, hang_at: int | None = None) -> JobKind:
    """Counts from the cursor to `params["to"]`. At `hang_at` it stays inside an open step until it is killed."""

    async def run(context: JobContext) -> None:
        context.total = context.params["to"]
        number = int((context.cursor or {"next": 0})["next"])
        while number < context.params["to"]:
            async with context.step() as step:
                await leave_row(step.session, number, by)
                if number == hang_at:
                    await asyncio.sleep(60)
                number += 1
                step.reached({"next": number}, done=1)
            if pause:
                await context.pause(pause)

    return JobKind("count", run)


if __name__ == "__main__":
    url, by, hang_at = sys.argv[1:]
    database = Database(url, pool=3, application="job-child")
    asyncio.run(run_jobs(database, [counting(by, hang_at=int(hang_at))], stop=asyncio.Event(), lease=1.0, poll=0.05))
