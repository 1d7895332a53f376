"""Tags of special groups."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base


class Tag(Base):
    """A dated tag of a person. `family` decides topic and permission; what it repeats of its person is not stored.

    `ended_by`: the life event with which it ended, if it did not end by itself; else `end_recorded_at`: when its end
    was entered.
    `contacts`: id and role of the contacts who are valid, as they are announced.
    `started_by`: the merge with which it was handed over from a duplicate of its person.
    """

    __tablename__ = "tags"
    __table_args__: Any = (
        CheckConstraint("family IN ('care', 'sensitive')", name="family"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="dates"),
        Index("uq_tags_open", "person_id", "code", unique=True, postgresql_where=text("ended_on IS NULL")),
        Index("ix_tags_person", "person_id"),
        Index("ix_tags_started_by", "started_by", postgresql_where=text("started_by IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    family: Mapped[str]
    code: Mapped[str]
    level: Mapped[str | None]
    source: Mapped[str | None]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_by: Mapped[UUID | None]
    end_recorded_at: Mapped[datetime | None]
    started_by: Mapped[UUID | None]
    contacts: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    recorded_at: Mapped[datetime]
