"""Job table: lease, progress, cancellation. The DDL is in `shared.jobs.schema`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase
from shared.reference.named_code import NamedCode


class JobStatus(NamedCode):
    """A job is queued, runs under a lease, and ends in one of three ways."""

    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


FINAL = frozenset({JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED})


class JobRow(KitBase):
    """Job. `number` only grows: a republish uses it as its revision."""

    __tablename__ = "jobs"
    __table_args__: Any = (
        CheckConstraint("status IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="status"),
        CheckConstraint("(status = 'running') = (lease_owner IS NOT NULL)", name="lease"),
        Index("ix_jobs_open", "number", postgresql_where=text("status IN ('queued', 'running')")),
        Index(
            "uq_jobs_lane",
            "lane",
            unique=True,
            postgresql_where=text("lane IS NOT NULL AND status IN ('queued', 'running')"),
        ),
        {"info": {"keep_by": "finished_at", "keep_days": 92}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    kind: Mapped[str]
    params: Mapped[dict[str, Any]]
    lane: Mapped[str | None]  # at most one open job of a lane
    requested_by: Mapped[str | None]  # a subject of the issuer, or the name of a schedule
    status: Mapped[str]
    cancel_requested: Mapped[bool]
    attempts: Mapped[int]
    not_before: Mapped[datetime]
    lease_owner: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    cursor: Mapped[dict[str, Any] | None]
    done: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int | None] = mapped_column(BigInteger)
    counts: Mapped[dict[str, Any]]
    error_code: Mapped[str | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
