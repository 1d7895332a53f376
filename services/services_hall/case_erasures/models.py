"""Tables of erasing runs in the hall, and of the entries of each. Codes and ids alone."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.base import Base
from services.services_hall.case_erasures.domain import CaseErasureGround, CaseErasureOutcome, CaseErasureStatus
from services.services_hall.retentions.domain import CaseRetentionKind
from shared.db.base import AreaText


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class CaseErasure(Base):
    """Entries of an area that are to be erased together."""

    __tablename__ = "case_erasures"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({_listed(CaseErasureStatus)})", name="status"),
        CheckConstraint(f"ground IN ({_listed(CaseErasureGround)})", name="ground"),
        CheckConstraint(f"kind IN ({_listed(CaseRetentionKind)})", name="kind"),
        CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        Index("ix_case_erasures_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    ground: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    kind: Mapped[str | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None]


class CaseErasureEntry(Base):
    """Somebody in a case of a run, and what became of it."""

    __tablename__ = "case_erasure_entries"
    __table_args__: Any = (
        CheckConstraint(f"kind IN ({_listed(CaseRetentionKind)})", name="kind"),
        CheckConstraint(f"outcome IN ({_listed(CaseErasureOutcome)})", name="outcome"),
    )

    erasure_id: Mapped[UUID] = mapped_column(ForeignKey("case_erasures.id"), primary_key=True)
    holder: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    kept_until: Mapped[date]
    outcome: Mapped[str | None]
