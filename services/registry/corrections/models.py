"""Table of requests for corrections."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.contracts.registry.corrections import CorrectionStatus
from shared.db.base import AreaText
from shared.db.sealing import sealed

STATUSES = ", ".join(f"'{status}'" for status in CorrectionStatus)


class CorrectionRequest(Base):
    """A correction that waits for its approval, or waited. Values and texts are sealed; `fields` are names only.

    `area`: where the person belonged when it was asked for. `steps`, `approved_by`, `approved_at`: in order.
    """

    __tablename__ = "corrections"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        CheckConstraint("cardinality(approved_by) = cardinality(approved_at)", name="approvals"),
        CheckConstraint(
            "(status = 'carried_out') = (cardinality(approved_by) = cardinality(steps))", name="carried_out"
        ),
        Index("uq_corrections_waiting", "person_id", unique=True, postgresql_where=text("status = 'requested'")),
        Index("ix_corrections_person", "person_id", "id"),
        Index("ix_corrections_due", "due_on", "id", postgresql_where=text("status = 'requested'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    person_version: Mapped[int]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    before_sealed: Mapped[bytes] = sealed("correction.before")
    after_sealed: Mapped[bytes] = sealed("correction.after")
    reason: Mapped[str]
    note_sealed: Mapped[bytes | None] = sealed("correction.note")
    evidence: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    steps: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    approved_by: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    approved_at: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    work_days: Mapped[int]
    due_on: Mapped[date]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None]
    answer_sealed: Mapped[bytes | None] = sealed("correction.answer")
