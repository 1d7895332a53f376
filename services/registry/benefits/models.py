"""Table of benefits."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText


class Benefit(Base):
    """What a source's lists of a kind say of a person: one row for the three, whatever becomes of it.

    `tag_ended`: the tag ended with this benefit, and holds again if that is taken back.
    """

    __tablename__ = "benefits"
    __table_args__: Any = (
        CheckConstraint("status IN ('held', 'missing', 'kept', 'ended')", name="status"),
        CheckConstraint("(status = 'ended') = (ended_on IS NOT NULL)", name="ended"),
        CheckConstraint(
            "status = 'ended' OR (status = 'held') = (missing_on IS NULL)", name="missing"
        ),  # what no list brought ends without one that has it no more
        CheckConstraint("(status = 'kept') = (reason IS NOT NULL)", name="kept"),
        CheckConstraint("monthly_fen >= 0", name="monthly_fen"),
        UniqueConstraint("source", "kind", "person_id"),
        Index("ix_benefits_person", "person_id"),
        Index("ix_benefits_area", "source", "kind", "area"),
        Index("ix_benefits_status", "status", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str]
    source: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    list_id: Mapped[str]
    as_of: Mapped[date]
    since: Mapped[date]
    level: Mapped[str | None]
    monthly_fen: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str]
    missing_on: Mapped[date | None]
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id"))
    ended_on: Mapped[date | None]
    tag_ended: Mapped[bool]
    reason: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    handed: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    recorded_at: Mapped[datetime]
