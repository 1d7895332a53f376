"""Periodic schedules: each fires once per period, however many workers there are."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.auth.access_log import AccessLog
from shared.db.base import KitBase
from shared.db.engine import Database
from shared.errors import DomainError
from shared.messaging.context import PlainContext, UseCaseContext
from shared.observability import metrics, tracing
from shared.observability.logging import get_logger

if TYPE_CHECKING:
    from alembic.operations import Operations  # a worker starts without it

log = get_logger(__name__)

ContextOf = Callable[[AsyncSession], PlainContext]


@dataclass(frozen=True)
class Schedule:
    """Schedule: a periodic duty in one transaction, which is committed when `run` returns.

    `run` returns True when there is more to do: it is then called again at once, in the next transaction. What fails is
    rolled back and tried again after `retry`. A new deployment runs every duty once at its first start.
    """

    name: str
    every: timedelta
    run: Callable[[UseCaseContext], Awaitable[bool | None]]
    retry: timedelta = timedelta(seconds=30)


class ScheduleRun(KitBase):
    """Last complete run of a schedule."""

    __tablename__ = "schedule_runs"

    name: Mapped[str] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime]


def create(op: "Operations") -> None:
    """DDL for the first migration of every service."""
    op.execute(
        """
        CREATE TABLE schedule_runs (
          name text NOT NULL,
          ran_at timestamptz NOT NULL,
          CONSTRAINT pk_schedule_runs PRIMARY KEY (name)
        )
        """
    )


def drop(op: "Operations") -> None:
    op.execute("DROP TABLE schedule_runs")


_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('schedule:' || :name, 0))")
_DUE = text("""
    INSERT INTO schedule_runs AS known (name, ran_at) VALUES (:name, :now)
    ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at WHERE known.ran_at <= :due
    RETURNING name
""")


class Scheduler:
    """Scheduler of one service. One per worker process; several workers share the duties by their database."""

    def __init__(
        self,
        database: Database,
        schedules: Sequence[Schedule],
        context_of: ContextOf,
        *,
        access_log: AccessLog | None = None,
    ) -> None:
        self._database = database
        self._schedules = tuple(schedules)
        self._context_of = context_of
        self._access_log = access_log

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; a duty under way is finished."""
        await asyncio.gather(*(self._keep(schedule, stop) for schedule in self._schedules))

    async def _keep(self, schedule: Schedule, stop: asyncio.Event) -> None:
        tick = min(schedule.every.total_seconds() / 4, 5.0)
        while not stop.is_set():
            wait = tick
            try:
                while await self.fire(schedule) and not stop.is_set():
                    pass
            except Exception as error:
                metrics.SCHEDULE_RUNS.labels(schedule.name, "failed").inc()
                away = isinstance(error, OSError | SQLAlchemyError | asyncpg.PostgresError | DomainError)
                reason = type(error).__name__
                log.warning("schedule_failed", schedule=schedule.name, error=reason, exc_info=None if away else error)
                wait = schedule.retry.total_seconds()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await stop.wait()

    async def fire(self, schedule: Schedule) -> bool:
        """Runs the duty if it is due and nobody else is at it. True: there is more to do at once."""
        started = perf_counter()
        async with self._database.session() as session:
            context = self._context_of(session)
            now = context.clock.now()
            if not await session.scalar(_ALONE, {"name": schedule.name}):
                return False
            if not await session.scalar(_DUE, {"name": schedule.name, "now": now, "due": now - schedule.every}):
                return False
            with tracing.traced(None, f"schedule {schedule.name}"):
                more = await schedule.run(context) is True
            if more:  # due again, for whoever comes first
                await session.execute(
                    text("UPDATE schedule_runs SET ran_at = :due WHERE name = :name"),
                    {"name": schedule.name, "due": now - schedule.every},
                )
            if self._access_log is not None and (notes := context.access.drain()):
                await self._access_log.write(notes)
            await session.commit()
        metrics.SCHEDULE_RUNS.labels(schedule.name, "done").inc()
        metrics.SCHEDULE_SECONDS.labels(schedule.name).observe(perf_counter() - started)
        return more
