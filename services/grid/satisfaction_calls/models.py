"""Satisfaction calls."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText
from shared.db.sealing import sealed


class SatisfactionCall(Base):
    """The call to whoever reported an incident: one for each, and for each time that it is taken up again and closed.

    `reported_id`: the incident as it was reported, which may be a duplicate that was merged into it; `reporter`: an
    account's subject, a hotline's for all of its callers. `round`: how often the incident had been taken up again.
    `note` is sealed.
    """

    __tablename__ = "satisfaction_calls"
    __table_args__: Any = (
        UniqueConstraint("incident_id", "reported_id", "round", name="uq_satisfaction_calls_each_round"),
        CheckConstraint("status IN ('due', 'answered', 'unreached')", name="status"),
        CheckConstraint("(status = 'answered') = (rating IS NOT NULL)", name="rating"),
        CheckConstraint("(status = 'due') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="levels"),
        Index("ix_satisfaction_calls_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    reported_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    reporter: Mapped[str]
    round: Mapped[int] = mapped_column(server_default=text("0"))
    area: Mapped[str] = mapped_column(AreaText())
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    source: Mapped[str]
    category: Mapped[str]
    status: Mapped[str]
    closed_at: Mapped[datetime]
    attempts: Mapped[int]
    ended_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    note: Mapped[bytes | None] = sealed("satisfaction_call.note")
    changed_by: Mapped[str | None]
