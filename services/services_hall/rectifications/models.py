"""Tables of rectifications, and what each was at every step."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.base import Base
from shared.contracts.services_hall.rectifications import CallOutcome, RectificationStatus
from shared.db.base import AreaText, append_only
from shared.db.row_versions import RowVersionColumns
from shared.db.sealing import sealed


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class Rectification(Base):
    """What is done about a low rating.

    `days`: working days of the limit, counted from `began_on`, the day of the rating or of the last reopening.
    """

    __tablename__ = "rectifications"
    __table_args__: Any = (
        UniqueConstraint("rating_id"),
        CheckConstraint(f"status IN ({_listed(RectificationStatus)})", name="status"),
        CheckConstraint(f"outcome IN ({_listed(CallOutcome)})", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (called_on IS NULL)", name="called"),
        CheckConstraint("(upheld IS NULL) = (reviewed_on IS NULL)", name="reviewed"),
        Index("ix_rectifications_area", "area", "id"),
        Index("ix_rectifications_case_id", "case_id"),
        Index("ix_rectifications_due_on", "due_on", "id", postgresql_where=text("status IN ('open', 'called_back')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    rating_id: Mapped[UUID] = mapped_column(ForeignKey("ratings.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    area: Mapped[str] = mapped_column(AreaText)
    department: Mapped[str]
    category: Mapped[str]
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    days: Mapped[int]
    opened_on: Mapped[date]
    began_on: Mapped[date]
    due_on: Mapped[date]
    due_provisional: Mapped[bool]
    attempts: Mapped[int]
    called_on: Mapped[date | None]
    outcome: Mapped[str | None]
    called_by: Mapped[str | None]
    result: Mapped[str | None]
    rectified_on: Mapped[date | None]
    rectified_by: Mapped[str | None]
    appeal_reason: Mapped[str | None]
    appealed_on: Mapped[date | None]
    appealed_by: Mapped[str | None]
    upheld: Mapped[bool | None]
    reviewed_on: Mapped[date | None]
    reviewed_by: Mapped[str | None]
    closed_on: Mapped[date | None]
    closed_by: Mapped[str | None]
    reopened: Mapped[int]
    reopen_reason: Mapped[str | None]


class RectificationVersion(RowVersionColumns, Base):
    """What a rectification was from a step on, without notes. Never changed."""

    __tablename__ = "rectification_versions"
    __table_args__ = append_only()

    rectification_id: Mapped[UUID] = mapped_column(ForeignKey("rectifications.id"), primary_key=True)


class RectificationNote(Base):
    """What somebody wrote at a step, sealed; empty once it was erased. `version`: the one to which the step led."""

    __tablename__ = "rectification_notes"

    rectification_id: Mapped[UUID] = mapped_column(ForeignKey("rectifications.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[bytes] = sealed("rectification_notes.note", owner="{rectification_id}:{version}")
