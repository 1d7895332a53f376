"""Tables of life events and of their reversals."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText
from shared.db.sealing import sealed


class LifeEventRecord(Base):
    """What happened to a person's belonging. Never changed, never removed: what was wrong is reversed.

    `delivery_…`, mother and father: of a birth. `maternal`: of a death. `merged_into`: of a merge.
    `origin`: of a change of areas, the village that is left.
    `place`: its place in the order of recording, if that is not its number: of an event whose day was corrected.
    """

    __tablename__ = "life_events"
    __table_args__: Any = (
        CheckConstraint(
            "kind IN ('birth', 'enrolled', 'move_in', 'move_out', 'missing', 'found', 'death', 'merged', 'boundary')",
            name="kind",
        ),
        CheckConstraint("occurred_on <= reported_on", name="dates"),
        CheckConstraint("(kind = 'boundary') = (origin IS NOT NULL)", name="origin"),
        UniqueConstraint("person_id", "number"),
        Index("ix_life_events_births", "occurred_on", "person_id", postgresql_where=text("kind = 'birth'")),
        Index("ix_life_events_mother", "mother_id", postgresql_where=text("mother_id IS NOT NULL")),
        Index("ix_life_events_father", "father_id", postgresql_where=text("father_id IS NOT NULL")),
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
    place: Mapped[int | None]
    delivery_place: Mapped[str | None]
    delivery_attendance: Mapped[str | None]
    mother_id: Mapped[UUID | None]
    father_id: Mapped[UUID | None]
    maternal: Mapped[bool] = mapped_column(server_default=false())
    merged_into: Mapped[UUID | None]
    origin: Mapped[str | None] = mapped_column(AreaText())


class Reversal(Base):
    """A life event is taken back, or stands with another day (`corrected_on`) as the event `replaced_by`.

    At most one that is requested or done for each event. Notes are free text, sealed.
    """

    __tablename__ = "reversals"
    __table_args__: Any = (
        CheckConstraint("status IN ('requested', 'done', 'refused', 'withdrawn')", name="status"),
        CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("replaced_by IS NULL OR corrected_on IS NOT NULL", name="corrected"),
        Index("uq_reversals_event", "event_id", unique=True, postgresql_where=text("status IN ('requested', 'done')")),
        Index("ix_reversals_person", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    event_id: Mapped[UUID] = mapped_column(ForeignKey("life_events.id"))
    status: Mapped[str]
    reason: Mapped[str]
    note_sealed: Mapped[bytes | None] = sealed("reversal.note")
    corrected_on: Mapped[date | None]
    replaced_by: Mapped[UUID | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    answer_sealed: Mapped[bytes | None] = sealed("reversal.answer")
