"""Context of a running job: its lease, its progress, and its steps (transactions)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, literal, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import Database
from shared.jobs.queue import Job
from shared.jobs.tables import JobRow, JobStatus


class Ended(Exception):
    """Base of what ends a job early. A job must not catch it."""


class LeaseLost(Ended):
    """The lease is lost: another runner continues this job; the step was rolled back."""


class CancelRequested(Ended):
    """The job was cancelled."""


class Interrupted(Ended):
    """This process shuts down; another one continues from the cursor."""


@dataclass
class Step:
    """Step: one transaction of a job."""

    session: AsyncSession
    cursor: Mapping[str, Any] | None
    done: int
    total: int | None
    counts: dict[str, Any]

    def reached(self, cursor: Mapping[str, Any], *, done: int = 0) -> None:
        """Set the cursor of the next step, and how much was done in this one."""
        self.cursor = dict(cursor)
        self.done += done


class JobContext:
    """One attempt at a job, by the runner that holds the lease.

    Work is done in steps. A step's rows, its cursor and its counts are committed together, and only while the lease is
    ours: after a crash the next runner sees exactly the steps that were committed.
    """

    def __init__(self, job: Job, *, owner: UUID, database: Database, lease: float) -> None:
        self.job = job
        self.cursor: Mapping[str, Any] | None = job.cursor
        self.done = job.done
        self.total = job.total
        self.counts: dict[str, Any] = dict(job.counts)
        self.steps = 0  # committed by this attempt
        self._owner = owner
        self._database = database
        self._lease = lease
        self._stop = asyncio.Event()
        self._cancel = asyncio.Event()

    @property
    def params(self) -> Mapping[str, Any]:
        """Parameters of the job."""
        return self.job.params

    def interrupt(self) -> None:
        """Interrupt the job because this process shuts down."""
        self._stop.set()

    def check(self) -> None:
        """Raise if this job shall not go on here."""
        if self._cancel.is_set():
            raise CancelRequested
        if self._stop.is_set():
            raise Interrupted

    @contextlib.asynccontextmanager
    async def step(self) -> AsyncIterator[Step]:
        """A transaction that is committed at the end of the body, together with what `reached` said.

        Raises LeaseLost, CancelRequested or Interrupted; then nothing of this step has happened.
        """
        self.check()
        async with self._database.session() as session:
            step = Step(session, self.cursor, self.done, self.total, dict(self.counts))
            yield step
            cancelled = await self._hold(
                session,
                cursor=None if step.cursor is None else dict(step.cursor),
                done=step.done,
                total=step.total,
                counts=step.counts,
                attempts=0,
            )
            if cancelled:
                self._cancel.set()
                raise CancelRequested
            await session.commit()
        self.cursor, self.done, self.total, self.counts = step.cursor, step.done, step.total, step.counts
        self.steps += 1

    async def pause(self, seconds: float) -> None:
        """Wait; raises early if the job shall not go on."""
        self.check()
        waiting = [asyncio.create_task(event.wait()) for event in (self._cancel, self._stop)]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        self.check()

    async def heartbeat(self) -> None:
        """Extend the lease. Raises LeaseLost if another runner has it by now."""
        async with self._database.session() as session:
            if await self._hold(session):
                self._cancel.set()
            await session.commit()

    async def settle(self, status: JobStatus, *, error_code: str | None = None, retry_in: float | None = None) -> bool:
        """Gives the lease back with a result, or (`queued`) for the next runner. False if it was lost."""
        final = status is not JobStatus.QUEUED
        async with self._database.session() as session:
            statement = (
                update(JobRow)
                .where(JobRow.id == self.job.id, JobRow.lease_owner == self._owner)
                .values(
                    # somebody who cancels in this very moment is heard where nothing final was reached
                    status=literal(status.value)
                    if final
                    else case((JobRow.cancel_requested, JobStatus.CANCELLED.value), else_=status.value),
                    finished_at=func.now() if final else case((JobRow.cancel_requested, func.now())),
                    lease_owner=None,
                    lease_until=None,
                    error_code=error_code,
                    not_before=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, retry_in or 0.0),
                )
                .returning(JobRow.id)
            )
            settled = await session.scalar(statement)
            await session.commit()
        return settled is not None

    async def _hold(self, session: AsyncSession, **values: Any) -> bool:
        """Writes under the lease and extends it; answers whether somebody asked for the end."""
        statement = (
            update(JobRow)
            .where(JobRow.id == self.job.id, JobRow.lease_owner == self._owner)
            .values(
                lease_until=func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, self._lease),
                heartbeat_at=func.clock_timestamp(),
                **values,
            )
            .returning(JobRow.cancel_requested)
        )
        cancelled: bool | None = await session.scalar(statement)
        if cancelled is None:
            raise LeaseLost
        return cancelled


@dataclass(frozen=True)
class JobKind:
    """Kind of job: its name in the table, and its work."""

    name: str
    run: Callable[[JobContext], Awaitable[None]]
