"""Table of duplicates."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base


class Duplicate(Base):
    """Two persons who may be one: one row for a pair, the smaller id first. `reasons`: points by what they share."""

    __tablename__ = "duplicates"
    __table_args__: Any = (
        CheckConstraint("status IN ('open', 'unsure', 'different', 'proposed', 'same')", name="status"),
        CheckConstraint("source IN ('found', 'pointed')", name="source"),
        CheckConstraint("first_id < second_id", name="pair"),
        CheckConstraint("refusal IS NULL OR status = 'open'", name="refusal"),
        CheckConstraint("(status IN ('proposed', 'same')) = (survivor_id IS NOT NULL)", name="survivor"),
        CheckConstraint("(status = 'same') = (merge_id IS NOT NULL)", name="merge"),
        UniqueConstraint("first_id", "second_id"),
        Index("ix_duplicates_second", "second_id"),
        Index("ix_duplicates_status", "status", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    first_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    second_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    status: Mapped[str]
    source: Mapped[str]
    reasons: Mapped[dict[str, int]] = mapped_column(JSONB())
    found_at: Mapped[datetime]
    survivor_id: Mapped[UUID | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    merge_id: Mapped[UUID | None]
    refusal: Mapped[str | None]
