"""Long work: it runs to its end once, is told apart by lanes, stops when it is told to, fails with a reason."""

import asyncio
from uuid import UUID

import pytest

from shared.db.engine import Database
from shared.errors import Invalid, NotFound, Unavailable
from shared.ids import new_id
from shared.jobs import queue
from shared.jobs.context import JobContext, JobKind
from shared.jobs.queue import JobAlreadyOpen
from shared.jobs.runner import MAX_ATTEMPTS, run_one
from shared.jobs.tables import JobStatus
from shared.testing.databases import ServiceDatabase
from shared.testing.plugin import DatabaseOf
from tests.shared.counting_job import counting
from tests.shared.working import ask, cancel, effects, finished, look, running, steps, until


@pytest.fixture
async def kit(committed_of: DatabaseOf) -> ServiceDatabase:
    """The kit's tables, true commits."""
    return await committed_of("kit")


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
    other = await ask(kit_database, params={"to": 0}, lane="republish:registry.tag")
    async with running(kit_database, counting("a")):
        await finished(kit_database, job)
        await finished(kit_database, other)
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
