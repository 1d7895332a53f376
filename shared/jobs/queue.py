"""Job queue: enqueue, find, cancel. Nothing here commits: the caller does."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import DomainError, ErrorKind, NotFound
from shared.ids import new_id
from shared.jobs.tables import FINAL, JobRow, JobStatus


class JobAlreadyOpen(DomainError):
    """Refusal: the same work is queued or running already. `subject` is that job's id."""

    kind, code, title = ErrorKind.CONFLICT, "job_already_open", "同类任务正在进行"
    advice = "请等待正在进行的任务结束，或先取消它"


class TooMuchWork(DomainError):
    """Refusal: the caller has much long work open, or asked for much in the last days; others wait behind it."""

    kind, code, title = ErrorKind.CONFLICT, "too_much_work", "您提交的任务过多"
    advice = "请等待正在进行的任务结束，或取消不需要的任务后再提交"


MOST_OPEN = 5
"""Jobs of a caller that are queued or running."""
MOST_ASKED = 200
"""Jobs that a caller asks for in the time for which what they make is kept."""
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Job:
    """View of a job. `number` only grows; `total` is None while nobody knows it."""

    id: UUID
    number: int
    kind: str
    params: Mapping[str, Any]
    status: JobStatus
    requested_by: str | None
    cancel_requested: bool
    cursor: Mapping[str, Any] | None
    done: int
    total: int | None
    counts: Mapping[str, Any] = field(default_factory=dict)
    error_code: str | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    heartbeat_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def finished(self) -> bool:
        """Whether it will not change any more."""
        return self.status in FINAL


_COLUMNS = (
    *(JobRow.id, JobRow.number, JobRow.kind, JobRow.params, JobRow.status, JobRow.requested_by),
    *(JobRow.cancel_requested, JobRow.cursor, JobRow.done, JobRow.total, JobRow.counts, JobRow.error_code),
    *(JobRow.created_at, JobRow.started_at, JobRow.heartbeat_at, JobRow.finished_at),
)


def _job(row: Any) -> Job:
    values = dict(row._mapping)
    return Job(**(values | {"status": JobStatus(values["status"])}))


async def enqueue(
    session: AsyncSession,
    kind: str,
    params: Mapping[str, Any] | None = None,
    *,
    lane: str | None = None,
    requested_by: str | None = None,
) -> Job:
    """Adds a job; it may start once the caller's transaction is committed. `params`: codes and ids, nothing personal.

    Raises JobAlreadyOpen if a job of the same `lane` is queued or running.
    """
    values = {
        "id": new_id(),
        "kind": kind,
        "params": dict(params or {}),
        "lane": lane,
        "requested_by": requested_by,
        "status": JobStatus.QUEUED.value,
        "cancel_requested": False,
        "attempts": 0,
        "not_before": func.now(),
        "done": 0,
        "counts": {},
        "created_at": func.now(),
    }
    if lane is None:
        return _job((await session.execute(insert(JobRow).values(values).returning(*_COLUMNS))).one())
    statement = insert_or(JobRow).values(values).on_conflict_do_nothing().returning(*_COLUMNS)
    made = (await session.execute(statement)).one_or_none()
    if made is None:
        open_one = select(JobRow.id).where(JobRow.lane == lane, JobRow.status.not_in(FINAL))
        raise JobAlreadyOpen(await session.scalar(open_one))
    return _job(made)


async def require_room(session: AsyncSession, kinds: Collection[str], requested_by: str) -> None:
    """Whether somebody may ask for one more job of these kinds; one at a time asks. Raises `TooMuchWork`."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("jobs of " + requested_by, 0))))
    is_open = func.count().filter(JobRow.status.not_in(FINAL))
    counted = select(is_open, func.count()).where(
        JobRow.kind.in_(kinds), JobRow.requested_by == requested_by, JobRow.created_at > func.now() - KEPT
    )
    open_ones, asked = (await session.execute(counted)).one()
    if open_ones >= MOST_OPEN or asked >= MOST_ASKED:
        raise TooMuchWork(requested_by)


async def find(session: AsyncSession, job_id: UUID) -> Job:
    """A job. Raises NotFound."""
    row = (await session.execute(select(*_COLUMNS).where(JobRow.id == job_id))).one_or_none()
    if row is None:
        raise NotFound(job_id)
    return _job(row)


async def recent(session: AsyncSession, *, kind: str | None = None, limit: int = 50) -> list[Job]:
    """The newest jobs, of one kind or of all."""
    statement = select(*_COLUMNS).order_by(JobRow.number.desc()).limit(limit)
    if kind is not None:
        statement = statement.where(JobRow.kind == kind)
    return [_job(row) for row in await session.execute(statement)]


async def cancel(session: AsyncSession, job_id: UUID) -> Job:
    """Asks a job to stop. A queued one is cancelled at once, a running one at its next step; a finished one stays."""
    await session.execute(
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.status == JobStatus.QUEUED)
        .values(status=JobStatus.CANCELLED.value, cancel_requested=True, finished_at=func.now())
    )
    await session.execute(
        update(JobRow).where(JobRow.id == job_id, JobRow.status == JobStatus.RUNNING).values(cancel_requested=True)
    )
    return await find(session, job_id)
