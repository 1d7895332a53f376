"""Drafts of the dictionary of incidents."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base


class DictionaryDraft(Base):
    """A draft: the whole of what the next version shall say. One is open at a time.

    `based_on`: the version that it began with. `published_version`: the last version that was made of it.
    """

    __tablename__ = "dictionary_drafts"
    __table_args__: Any = (
        CheckConstraint("status IN ('draft', 'published', 'discarded')", name="status"),
        CheckConstraint("status <> 'published' OR published_version IS NOT NULL", name="published"),
        Index("uq_dictionary_drafts_open", "status", unique=True, postgresql_where=text("status = 'draft'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str]
    content: Mapped[dict[str, Any]]
    based_on: Mapped[int] = mapped_column(ForeignKey("dictionaries.version"))
    published_version: Mapped[int | None]
    valid_from: Mapped[date | None]
    begun_at: Mapped[datetime]
    begun_by: Mapped[str]
