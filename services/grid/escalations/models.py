"""Escalations of incidents."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText


class Escalation(Base):
    """A rule fired for an incident at a level, once. What the rule said then is kept.

    `area` and `former` are the incident's. `acknowledged_by` is a login.
    """

    __tablename__ = "escalations"
    __table_args__: Any = (
        UniqueConstraint("incident_id", "rule_id", "level", "round", name="uq_escalations_once"),
        CheckConstraint("status IN ('fired', 'acknowledged')", name="status"),
        CheckConstraint(
            "(status = 'acknowledged') = (acknowledged_at IS NOT NULL)"
            " AND (acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            name="acknowledged",
        ),
        Index("ix_escalations_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("escalation_rules.id"))
    area: Mapped[str] = mapped_column(AreaText())
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    metric: Mapped[str]
    threshold: Mapped[int]
    unit: Mapped[str]
    level: Mapped[int]
    round: Mapped[int]
    receiver: Mapped[str]
    status: Mapped[str]
    reached_at: Mapped[datetime]
    fired_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
