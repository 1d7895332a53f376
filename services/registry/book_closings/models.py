"""Tables of closed months, and of what was carried through them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText, append_only
from shared.db.sealing import sealed


class BookClosing(Base):
    """A month that was closed for an area with all that lies in it, and perhaps reopened. Reasons are sealed."""

    __tablename__ = "book_closings"
    __table_args__: Any = (
        CheckConstraint("month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name="month"),
        CheckConstraint("(reopened_at IS NULL) = (reopened_by IS NULL)", name="reopened"),
        CheckConstraint("(reopened_at IS NULL) = (reason_sealed IS NULL)", name="reason"),
        Index("ix_book_closings_area", "area", "id"),
        Index("uq_book_closings_month", "area", "month", unique=True, postgresql_where=text("reopened_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    area: Mapped[str] = mapped_column(AreaText())
    month: Mapped[str]
    closed_by: Mapped[str]
    closed_at: Mapped[datetime]
    reopened_by: Mapped[str | None]
    reopened_at: Mapped[datetime | None]
    reason_sealed: Mapped[bytes | None] = sealed("book_closing.reason")


class BookCarried(Base):
    """What a village carried through a closed month in a book, as it was frozen when the month was closed."""

    __tablename__ = "book_carried"
    __table_args__: Any = (append_only(),)

    closing_id: Mapped[UUID] = mapped_column(ForeignKey("book_closings.id"), primary_key=True)
    area: Mapped[str] = mapped_column(AreaText(), primary_key=True)
    book: Mapped[str] = mapped_column(primary_key=True)
    opening: Mapped[int]
    closing: Mapped[int]
