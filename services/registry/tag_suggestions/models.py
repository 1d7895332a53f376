"""Tables of suggestions of tags, and of the days on which villages were searched."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText


class TagSuggestion(Base):
    """A tag that the register suggests for a person: one row for each two, whatever becomes of it."""

    __tablename__ = "tag_suggestions"
    __table_args__: Any = (
        CheckConstraint("status IN ('open', 'confirmed', 'dismissed', 'lapsed')", name="status"),
        CheckConstraint("(status = 'confirmed') = (tag_id IS NOT NULL)", name="confirmed"),
        CheckConstraint("(status = 'dismissed') = (reason IS NOT NULL)", name="dismissed"),
        UniqueConstraint("person_id", "code"),
        Index("ix_tag_suggestions_status", "status", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    code: Mapped[str]
    status: Mapped[str]
    rests_on: Mapped[list[str]] = mapped_column(JSONB())
    found_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    tag_id: Mapped[UUID | None]


class TagSuggestionSearch(Base):
    """The last day on which a village was searched."""

    __tablename__ = "tag_suggestion_searches"

    area: Mapped[str] = mapped_column(AreaText(), primary_key=True)
    searched_on: Mapped[date]
