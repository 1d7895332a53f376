"""Table of life events."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText


class LifeEventRecord(Base):
    """What happened to a person's belonging. Never changed, never removed."""

    __tablename__ = "life_events"
    __table_args__: Any = (
        CheckConstraint("kind IN ('birth', 'enrolled', 'move_in', 'move_out', 'death')", name="kind"),
        CheckConstraint("occurred_on <= reported_on", name="dates"),
        UniqueConstraint("person_id", "number"),
        Index("ix_life_events_births", "occurred_on", "person_id", postgresql_where=text("kind = 'birth'")),
        {"info": {"append_only": True}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    number: Mapped[int]
    kind: Mapped[str]
    occurred_on: Mapped[date]
    reported_on: Mapped[date]
    recorded_at: Mapped[datetime]
    residence_area: Mapped[str | None] = mapped_column(AreaText())
    residence_kind: Mapped[str | None]
    registration_area: Mapped[str | None] = mapped_column(AreaText())
    leaves: Mapped[list[str]] = mapped_column(ARRAY(Text()))
