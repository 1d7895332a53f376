"""Tables of retention runs, and of the entries of each."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from services.registry.retention_runs.domain import RowOutcome, RunStatus
from services.registry.retentions.domain import RetentionKind
from shared.db.base import AreaText


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class RetentionRun(Base):
    """Entries of an area that are to be erased together. Codes and ids alone."""

    __tablename__ = "retention_runs"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({_listed(RunStatus)})", name="status"),
        CheckConstraint(f"kind IN ({_listed(RetentionKind)})", name="kind"),
        CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(status IN ('ordered', 'done', 'stopped')) = (job_id IS NOT NULL)", name="job"),
        CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        CheckConstraint("(status IN ('done', 'stopped')) = (ended_at IS NOT NULL)", name="ended"),
        Index("ix_retention_runs_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    kind: Mapped[str | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None]
    job_id: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class RetentionRunRow(Base):
    """An entry of a run, and what became of it."""

    __tablename__ = "retention_run_rows"
    __table_args__: Any = (
        CheckConstraint(f"kind IN ({_listed(RetentionKind)})", name="kind"),
        CheckConstraint(f"outcome IN ({_listed(RowOutcome)})", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (done_at IS NULL)", name="done"),
        CheckConstraint("(outcome = 'erased') = (erasure_id IS NOT NULL)", name="erased"),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("retention_runs.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    kind: Mapped[str]
    kept_until: Mapped[date]
    outcome: Mapped[str | None]
    erasure_id: Mapped[UUID | None] = mapped_column(ForeignKey("erasures.id"))
    done_at: Mapped[datetime | None]
