"""Tables of erasures, and of what each service answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.contracts.registry.erasures import ErasureStatus

STATUSES = ", ".join(f"'{status}'" for status in ErasureStatus)


class Erasure(Base):
    """An erasure. Codes and ids alone: nothing of it is erased, and it tells that something was.

    `person_id` is no foreign key: a register that was restored to before the person was entered hears of the erasure.
    """

    __tablename__ = "erasures"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        CheckConstraint("(status IN ('ordered', 'done')) = (cardinality(persons) > 0)", name="persons"),
        Index(
            "uq_erasures_open", "person_id", unique=True, postgresql_where=text("status IN ('requested', 'ordered')")
        ),
        Index("ix_erasures_person", "person_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    person_id: Mapped[UUID]
    persons: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    ground: Mapped[str]
    origin: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None]


class ErasureAnswer(Base):
    """How far a service is with an erasure: asked, done, and how many of each were erased."""

    __tablename__ = "erasure_answers"

    erasure_id: Mapped[UUID] = mapped_column(ForeignKey("erasures.id"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]]
