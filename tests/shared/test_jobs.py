"""Long work: every step has exactly one effect, whoever dies, and it stops when it is told to."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.errors import Invalid, NotFound, Unavailable
from shared.ids import new_id
from shared.jobs import queue
from shared.jobs.context import Interrupted, JobContext, JobKind
from shared.jobs.queue import Job, JobAlreadyOpen
from shared.jobs.runner import MAX_ATTEMPTS, run_jobs, run_one
from shared.jobs.tables import JobStatus
from shared.testing.databases import ServiceDatabase
from shared.testing.plugin import DatabaseOf
from tests.shared.counting_job import counting, leave_row


@pytest.fixture
async def kit(committed_of: DatabaseOf) -> ServiceDatabase:
    """The kit's tables, true commits."""
    return await committed_of("kit")


async def ask(database: Database, kind: str = "count", params: Mapping[str, Any] | None = None, **more: Any) -> Job:
    """A committed job."""
    async with database.session() as session:
        job = await queue.enqueue(session, kind, params or {"to": 10}, **more)
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


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 15) -> None:
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
        async with asyncio.timeout(10):
            await task


async def finished(database: Database, job: Job) -> Job:
    """The job after its end."""

    async def over() -> bool:
        return (await look(database, job)).finished

    await until(over)
    return await look(database, job)


def steps(number: int) -> list[str]:
    return [f"step-{step:04d}" for step in range(number)]


async def test_a_job_runs_to_its_end_and_says_how_far_it_got(kit_database: Database) -> None:
    job = await ask(kit_database, requested_by="officer-1")
    async with running(kit_database, counting("a")):
        done = await finished(kit_database, job)
    assert (done.status, done.done, done.total) == (JobStatus.DONE, 10, 10)
    assert done.cursor == {"next": 10}
    assert done.requested_by == "officer-1"
    assert [step for step, _ in await effects(kit_database)] == steps(10)


async def test_a_job_of_a_rolled_back_transaction_never_runs(kit_database: Database) -> None:
    async with kit_database.session() as session:
        await queue.enqueue(session, "count", {"to": 3})
    assert not await run_one(kit_database, {"count": counting("a")}, stop=asyncio.Event())


async def test_jobs_of_kinds_that_this_process_does_not_know_are_left_to_others(kit_database: Database) -> None:
    job = await ask(kit_database, "strange")
    assert not await run_one(kit_database, {"count": counting("a")}, stop=asyncio.Event())
    assert (await look(kit_database, job)).status is JobStatus.QUEUED


async def test_a_lane_takes_one_open_job(kit_database: Database) -> None:
    job = await ask(kit_database, lane="republish:registry.person")
    with pytest.raises(JobAlreadyOpen) as refused:
        await ask(kit_database, lane="republish:registry.person")
    assert refused.value.subject == job.id
    await ask(kit_database, lane="republish:registry.tag")
    async with running(kit_database, counting("a")):
        await finished(kit_database, job)
    # free again, and its number is higher: a later run may use it as its revision
    assert (await ask(kit_database, lane="republish:registry.person")).number > job.number


async def test_of_two_that_ask_for_the_same_lane_at_once_one_is_refused(kit_database: Database) -> None:
    asked = await asyncio.gather(*(ask(kit_database, lane="x") for _ in range(2)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in asked) == ["Job", "JobAlreadyOpen"]


async def test_two_runners_share_the_jobs_and_none_runs_twice(kit_database: Database) -> None:
    seen: list[UUID] = []

    async def once(context: JobContext) -> None:
        seen.append(context.job.id)
        await context.pause(0.05)

    jobs = [await ask(kit_database, "once") for _ in range(8)]
    kind = JobKind("once", once)
    async with running(kit_database, kind), running(kit_database, kind):
        for job in jobs:
            await finished(kit_database, job)
    assert sorted(seen) == sorted(job.id for job in jobs)


async def test_a_killed_runner_s_job_is_continued_from_its_cursor(kit: ServiceDatabase) -> None:
    job = await ask(kit.database, params={"to": 12})
    child = subprocess.Popen([sys.executable, "-m", "tests.shared.counting_job", kit.service_url, "killed", "7"])
    try:

        async def inside_step_seven() -> bool:
            return (await look(kit.database, job)).cursor == {"next": 7}

        await until(inside_step_seven, 30)
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
        async with asyncio.timeout(5):
            await stopped.wait()
    await owner.close()


async def test_a_long_step_keeps_its_lease_by_heartbeat(kit_database: Database) -> None:
    async def slow(context: JobContext) -> None:
        async with context.step() as step:
            await asyncio.sleep(1.2)
            await leave_row(step.session, 0, "slow")
            step.reached({}, done=1)

    job = await ask(kit_database, "slow")
    kind = JobKind("slow", slow)
    async with running(kit_database, kind, lease=0.4), running(kit_database, kind, lease=0.4):
        done = await finished(kit_database, job)
    assert (done.status, done.done) == (JobStatus.DONE, 1)


async def test_a_queued_job_is_cancelled_at_once(kit_database: Database) -> None:
    job = await ask(kit_database)
    assert (await cancel(kit_database, job)).status is JobStatus.CANCELLED
    assert not await run_one(kit_database, {"count": counting("a")}, stop=asyncio.Event())


async def test_a_running_job_is_cancelled_between_steps(kit_database: Database) -> None:
    job = await ask(kit_database, params={"to": 10_000})
    async with running(kit_database, counting("a", pause=0.01)):

        async def moved() -> bool:
            return (await look(kit_database, job)).done > 3

        await until(moved)
        assert (await cancel(kit_database, job)).cancel_requested
        done = await finished(kit_database, job)
    assert done.status is JobStatus.CANCELLED
    assert len(await effects(kit_database)) == done.done < 10_000


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


async def test_cancelling_a_finished_job_changes_nothing_and_an_unknown_one_is_not_found(
    kit_database: Database,
) -> None:
    job = await ask(kit_database, params={"to": 1})
    async with running(kit_database, counting("a")):
        await finished(kit_database, job)
    assert (await cancel(kit_database, job)).status is JobStatus.DONE
    async with kit_database.session() as session:
        with pytest.raises(NotFound):
            await queue.cancel(session, new_id())


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


async def test_a_refusal_fails_the_job_with_its_code(kit_database: Database) -> None:
    async def refuse(context: JobContext) -> None:
        raise Invalid

    job = await ask(kit_database, "refuse")
    async with running(kit_database, JobKind("refuse", refuse)):
        done = await finished(kit_database, job)
    assert (done.status, done.error_code) == (JobStatus.FAILED, "invalid_request")


async def test_what_is_away_for_the_moment_is_tried_again(kit: ServiceDatabase) -> None:
    tries = 0

    async def shaky(context: JobContext) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Unavailable if tries == 1 else OSError

    job = await ask(kit.database, "shaky")
    owner = await kit.as_owner()
    async with running(kit.database, JobKind("shaky", shaky)):

        async def over() -> bool:
            await owner.execute("UPDATE jobs SET not_before = now() WHERE status = 'queued'")  # no need to wait for it
            return (await look(kit.database, job)).finished

        await until(over)
    await owner.close()
    assert (await look(kit.database, job)).status is JobStatus.DONE
    assert tries == 3


async def test_a_job_that_never_gets_anywhere_fails_in_the_end(kit: ServiceDatabase) -> None:
    async def broken(context: JobContext) -> None:
        raise RuntimeError("always")

    job = await ask(kit.database, "broken")
    owner = await kit.as_owner()
    kinds = {"broken": JobKind("broken", broken)}
    for attempt in range(MAX_ATTEMPTS):
        assert (await look(kit.database, job)).status is JobStatus.QUEUED, attempt
        await owner.execute("UPDATE jobs SET not_before = now()")
        assert await run_one(kit.database, kinds, stop=asyncio.Event())
    await owner.close()
    done = await look(kit.database, job)
    assert (done.status, done.error_code) == (JobStatus.FAILED, "internal")


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
