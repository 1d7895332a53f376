"""Duties of towns."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText


class Duty(Base):
    """Whose a category of incidents is in a town, or in all towns of a county. `valid_to`: first day no more.

    `lead`: the department that leads; of what is shared there always is one.
    """

    __tablename__ = "duties"
    __table_args__: Any = (
        CheckConstraint("kind IN ('basic', 'shared', 'taken_back')", name="kind"),
        CheckConstraint("kind <> 'shared' OR lead IS NOT NULL", name="lead"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        Index("uq_duties_open", "area", "category", unique=True, postgresql_where=text("valid_to IS NULL")),
        Index("ix_duties_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    area: Mapped[str] = mapped_column(AreaText())
    category: Mapped[str]
    kind: Mapped[str]
    lead: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
