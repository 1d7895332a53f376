"""Job runner: claim a job under a lease, send heartbeats, run it, settle it.

Any number of processes may run it at once.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from shared.db.engine import GONE, Database, DatabaseBusy
from shared.errors import DomainError, ErrorKind
from shared.ids import new_id
from shared.jobs.context import CancelRequested, Interrupted, JobContext, JobKind, LeaseLost
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus
from shared.observability import metrics, tracing
from shared.observability.logging import get_logger

log = get_logger(__name__)

LEASE = 30.0
POLL = 1.0
MAX_ATTEMPTS = 5
"""Starts without a single step committed, after which a job has failed."""

# A job that was cancelled is ended by whoever looks: its kind may be known to nobody any more, and it holds its lane.
_CLAIM = text(
    """
    WITH next AS (
        SELECT id, status AS was FROM jobs
        WHERE kind = ANY(:kinds) AND status = 'queued' AND not_before <= now()
           OR status = 'running' AND lease_until < now() AND (kind = ANY(:kinds) OR cancel_requested)
        ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE jobs SET status = 'running', lease_owner = :owner, heartbeat_at = now(), attempts = attempts + 1,
        lease_until = now() + make_interval(secs => :lease), started_at = coalesce(started_at, now())
    FROM next WHERE jobs.id = next.id
    RETURNING jobs.id, number, kind, params, jobs.status, requested_by, cancel_requested, cursor, done, total, counts,
        attempts, was
    """
).columns(params=JSONB, cursor=JSONB, counts=JSONB)


async def run_jobs(
    database: Database,
    kinds: Iterable[JobKind],
    *,
    stop: asyncio.Event,
    lease: float = LEASE,
    poll: float = POLL,
    grace: float = 5.0,
) -> None:
    """Run the jobs of these kinds, one after the other, until `stop` is set. The database may go away and come back.

    On `stop` the job in hand has `grace` seconds to reach the end of its step; then another process continues it.
    """
    by_name = {kind.name: kind for kind in kinds}
    while not stop.is_set():
        idle = True
        try:
            idle = not await run_one(database, by_name, stop=stop, lease=lease, grace=grace)
        except (*GONE, DatabaseBusy):
            log.warning("jobs_database_away", exc_info=True)
        if idle:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), poll)


async def run_one(
    database: Database, kinds: dict[str, JobKind], *, stop: asyncio.Event, lease: float = LEASE, grace: float = 5.0
) -> bool:
    """Claim one job and run it as far as it goes. False if there is none."""
    claimed = await _claim(database, kinds, lease)
    if claimed is None:
        return False
    context, attempts = claimed
    kind = context.job.kind
    with metrics.JOBS_RUNNING.labels(kind).track_inprogress():
        if context.job.cancel_requested:
            await _settle(context, JobStatus.CANCELLED)
        elif attempts > MAX_ATTEMPTS:
            await _settle(context, JobStatus.FAILED, error_code="abandoned")
        else:
            await _run(context, kinds[kind], attempts, stop=stop, lease=lease, grace=grace)
    return True


async def _claim(database: Database, kinds: dict[str, JobKind], lease: float) -> tuple[JobContext, int] | None:
    owner: UUID = new_id()
    async with database.session() as session:
        found = await session.execute(_CLAIM, {"kinds": list(kinds), "owner": owner, "lease": lease})
        row = found.mappings().one_or_none()
        await session.commit()
    if row is None:
        return None
    values = dict(row)
    attempts, was = values.pop("attempts"), values.pop("was")
    job = Job(**(values | {"status": JobStatus(values["status"])}))
    if was == JobStatus.RUNNING:
        metrics.JOBS_TAKEN_OVER.labels(job.kind).inc()
    log.info("job_claimed", job_id=job.id, kind=job.kind, number=job.number, attempt=attempts, was=was)
    return JobContext(job, owner=owner, database=database, lease=lease), attempts


async def _run(
    context: JobContext, kind: JobKind, attempts: int, *, stop: asyncio.Event, lease: float, grace: float
) -> None:
    work = asyncio.ensure_future(_work(context, kind))
    beat = asyncio.create_task(_beat(context, work, lease))
    end = asyncio.create_task(_end(context, work, stop, grace))
    try:
        await work
    except LeaseLost:
        log.warning("job_lost", job_id=context.job.id, kind=kind.name)
    except CancelRequested:
        await _settle(context, JobStatus.CANCELLED)
    except Interrupted:
        await _settle(context, JobStatus.QUEUED)
    except asyncio.CancelledError:
        await _after_cancellation(context, attempts, beat, stop)
    except DomainError as error:
        if error.kind is ErrorKind.UNAVAILABLE:
            await _retry(context, attempts, error)
        else:
            log.warning("job_refused", job_id=context.job.id, kind=kind.name, code=error.code)
            await _settle(context, JobStatus.FAILED, error_code=error.code)
    except Exception as error:  # noqa: BLE001  (whatever a job raises is its failure, not the loop's)
        await _retry(context, attempts, error)
    else:
        await _settle(context, JobStatus.DONE)
    finally:
        for task in (beat, end):
            task.cancel()
        await asyncio.gather(beat, end, return_exceptions=True)


async def _work(context: JobContext, kind: JobKind) -> None:
    """The work in a trace of its own: what it announces can be followed."""
    with tracing.traced(None, f"job {kind.name}"):
        await kind.run(context)


async def _after_cancellation(
    context: JobContext, attempts: int, beat: "asyncio.Task[None]", stop: asyncio.Event
) -> None:
    """The work was cancelled: because its lease was lost, at the end of the grace, or together with this very task."""
    if beat.done() and not beat.cancelled() and isinstance(beat.exception(), LeaseLost):
        log.warning("job_lost", job_id=context.job.id, kind=context.job.kind)
        return
    task = asyncio.current_task()
    cancelling = task is not None and task.cancelling() > 0
    if cancelling or stop.is_set():
        async with asyncio.timeout(2):
            await _settle(context, JobStatus.QUEUED)
    else:
        await _retry(context, attempts, RuntimeError("the job cancelled itself"))
    if cancelling:
        raise asyncio.CancelledError


async def _retry(context: JobContext, attempts: int, error: Exception) -> None:
    """Retry a failed job from its cursor after a while, a bounded number of times."""
    attempts = 1 if context.steps else attempts
    log.warning("job_attempt_failed", job_id=context.job.id, kind=context.job.kind, attempt=attempts, exc_info=error)
    if attempts >= MAX_ATTEMPTS:
        await _settle(context, JobStatus.FAILED, error_code="internal")
    else:
        await _settle(context, JobStatus.QUEUED, retry_in=min(60.0, 2.0 ** (attempts - 1)))


async def _settle(
    context: JobContext, status: JobStatus, *, error_code: str | None = None, retry_in: float | None = None
) -> None:
    job = context.job
    if await context.settle(status, error_code=error_code, retry_in=retry_in):
        log.info("job_settled", job_id=job.id, kind=job.kind, status=status.value, done=context.done, code=error_code)
        if status is not JobStatus.QUEUED:
            metrics.JOBS_FINISHED.labels(job.kind, status.value).inc()


async def _beat(context: JobContext, work: "asyncio.Future[None]", lease: float) -> None:
    """Heartbeat: keep the lease.

    If it is lost, or nothing could be written for as long as it lasts, the work is stopped.
    """
    loop = asyncio.get_running_loop()
    held_until = loop.time() + lease
    while True:
        await asyncio.sleep(lease / 4)
        try:
            async with asyncio.timeout(lease / 4):
                await context.heartbeat()
            held_until = loop.time() + lease
        except LeaseLost:
            work.cancel()
            raise
        except (*GONE, DatabaseBusy) as error:
            if loop.time() > held_until:
                work.cancel()
                raise LeaseLost from error


async def _end(context: JobContext, work: "asyncio.Future[None]", stop: asyncio.Event, grace: float) -> None:
    await stop.wait()
    context.interrupt()
    await asyncio.sleep(grace)
    work.cancel()
