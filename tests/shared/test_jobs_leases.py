"""Runners die, sleep and are shut down: every step of a job still has exactly one effect."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from shared.db.engine import Database
from shared.errors import Invalid
from shared.ids import new_id
from shared.jobs.context import Interrupted, JobContext, JobKind
from shared.jobs.runner import MAX_ATTEMPTS, run_one
from shared.jobs.tables import JobStatus
from shared.testing.databases import ServiceDatabase
from shared.testing.plugin import DatabaseOf
from tests.shared.counting_job import counting, leave_row
from tests.shared.working import ask, cancel, effects, finished, look, running, steps, until


@pytest.fixture
async def kit(committed_of: DatabaseOf) -> ServiceDatabase:
    """The kit's tables, true commits."""
    return await committed_of("kit")


async def test_a_killed_runner_s_job_is_continued_from_its_cursor(kit: ServiceDatabase) -> None:
    job = await ask(kit.database, params={"to": 12})
    child = subprocess.Popen([sys.executable, "-m", "tests.shared.counting_job", kit.service_url, "killed", "7"])
    try:

        async def inside_step_seven() -> bool:
            return (await look(kit.database, job)).cursor == {"next": 7}

        await until(inside_step_seven, 120)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    async with running(kit.database, counting("heir")):
        done = await finished(kit.database, job)
    assert (done.status, done.done) == (JobStatus.DONE, 12)
    assert await effects(kit.database) == [
        (step, "killed" if number < 7 else "heir") for number, step in enumerate(steps(12))
    ]


async def test_a_runner_that_lost_its_lease_cannot_commit_any_more(kit: ServiceDatabase) -> None:
    job = await ask(kit.database, "sleepy")
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def sleepy(context: JobContext) -> None:
        async with context.step() as step:
            await leave_row(step.session, 0, "slept too long")
            entered.set()
            await go_on.wait()
            step.reached({"next": 1}, done=1)

    owner = await kit.as_owner()
    async with running(kit.database, JobKind("sleepy", sleepy), lease=60.0):
        await entered.wait()
        await owner.execute("UPDATE jobs SET lease_owner = $1", new_id())
        go_on.set()

        async def step_is_over() -> bool:
            rows = await owner.fetch("SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'")
            return not rows

        await until(step_is_over)
    await owner.close()
    assert await effects(kit.database) == []
    assert (await look(kit.database, job)).status is JobStatus.RUNNING  # it is the other's


async def test_a_running_job_that_only_waits_is_stopped_when_its_lease_is_another_s(kit: ServiceDatabase) -> None:
    stopped = asyncio.Event()
    await ask(kit.database, "waiting")

    async def waiting(context: JobContext) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.set()
            raise

    owner = await kit.as_owner()
    async with running(kit.database, JobKind("waiting", waiting), lease=0.4):

        async def runs() -> bool:
            return bool(await owner.fetchval("SELECT count(*) FROM jobs WHERE status = 'running'"))

        await until(runs)
        await owner.execute("UPDATE jobs SET lease_owner = $1, lease_until = now() + interval '1 hour'", new_id())
        async with asyncio.timeout(60):
            await stopped.wait()
    await owner.close()


async def test_a_long_step_keeps_its_lease_by_heartbeat(kit_database: Database) -> None:
    async def slow(context: JobContext) -> None:
        async with context.step() as step:
            await asyncio.sleep(2.5)
            await leave_row(step.session, 0, "slow")
            step.reached({}, done=1)

    job = await ask(kit_database, "slow")
    kind = JobKind("slow", slow)
    async with running(kit_database, kind, lease=1.0), running(kit_database, kind, lease=1.0):
        done = await finished(kit_database, job)
    assert (done.status, done.done) == (JobStatus.DONE, 1)


async def test_a_job_cancelled_while_its_runner_is_dead_ends_when_the_lease_does(kit: ServiceDatabase) -> None:
    job = await ask(kit.database)
    owner = await kit.as_owner()
    await owner.execute(
        "UPDATE jobs SET status = 'running', lease_owner = $1, lease_until = now() - interval '1 second'", new_id()
    )
    await owner.close()
    assert (await cancel(kit.database, job)).status is JobStatus.RUNNING
    assert await run_one(kit.database, {"count": counting("a")}, stop=asyncio.Event())
    assert (await look(kit.database, job)).status is JobStatus.CANCELLED
    assert await effects(kit.database) == []


async def test_at_shutdown_the_job_is_handed_on_at_once(kit_database: Database) -> None:
    job = await ask(kit_database, params={"to": 40})
    async with running(kit_database, counting("first", pause=0.02), lease=60.0):

        async def moved() -> bool:
            return (await look(kit_database, job)).done > 2

        await until(moved)
    handed_on = await look(kit_database, job)
    assert handed_on.status is JobStatus.QUEUED
    async with running(kit_database, counting("second"), lease=60.0):
        done = await finished(kit_database, job)
    assert done.status is JobStatus.DONE
    rows = await effects(kit_database)
    assert [step for step, _ in rows] == steps(40)
    assert {by for _, by in rows} == {"first", "second"}


async def test_a_job_that_does_not_listen_is_cut_off_after_the_grace(kit_database: Database) -> None:
    async def deaf(context: JobContext) -> None:
        await asyncio.sleep(60)

    job = await ask(kit_database, "deaf")
    async with running(kit_database, JobKind("deaf", deaf), grace=0.1):

        async def runs() -> bool:
            return (await look(kit_database, job)).status is JobStatus.RUNNING

        await until(runs)
    assert (await look(kit_database, job)).status is JobStatus.QUEUED


async def test_a_job_that_kills_its_runners_is_abandoned(kit: ServiceDatabase) -> None:
    job = await ask(kit.database)
    owner = await kit.as_owner()
    await owner.execute(
        "UPDATE jobs SET status = 'running', lease_owner = $1, lease_until = now() - interval '1 s', attempts = $2",
        new_id(),
        MAX_ATTEMPTS,
    )
    await owner.close()
    assert await run_one(kit.database, {"count": counting("a")}, stop=asyncio.Event())
    done = await look(kit.database, job)
    assert (done.status, done.error_code) == (JobStatus.FAILED, "abandoned")


async def test_a_step_that_raises_leaves_nothing_behind(kit_database: Database) -> None:
    async def half(context: JobContext) -> None:
        async with context.step() as step:
            await leave_row(step.session, 0, "half")
            step.reached({"next": 1}, done=1)
            raise Invalid

    job = await ask(kit_database, "half")
    async with running(kit_database, JobKind("half", half)):
        done = await finished(kit_database, job)
    assert (done.done, done.cursor) == (0, None)
    assert await effects(kit_database) == []


async def test_a_pause_ends_at_shutdown(kit_database: Database) -> None:
    raised: list[type[BaseException]] = []

    async def pausing(context: JobContext) -> None:
        try:
            await context.pause(60)
        except Interrupted:
            raised.append(Interrupted)
            raise

    job = await ask(kit_database, "pausing")
    async with running(kit_database, JobKind("pausing", pausing)):

        async def runs() -> bool:
            return (await look(kit_database, job)).status is JobStatus.RUNNING

        await until(runs)
    assert raised == [Interrupted]
