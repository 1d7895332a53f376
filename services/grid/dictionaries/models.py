"""The versioned dictionary of incidents: categories, limits, hours of work. A published version never changes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from services.grid.dictionaries.domain import Treatment
from shared.db.base import append_only

TREATMENTS = ", ".join(f"'{one}'" for one in Treatment)


class Dictionary(Base):
    """One version. `shifts` are the stretches of a usual working day as [["08:00", "12:00"], …], Shanghai time.

    `special_hours`: those of seasons and days of the week, as `domain.special_in` reads them. `draft_id`: of what was
    published; None: it came with the system.
    """

    __tablename__ = "dictionaries"
    __table_args__ = append_only()

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date]
    shifts: Mapped[list[Any]]
    special_hours: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    draft_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]


class DictionaryWithdrawal(Base):
    """A version was withdrawn before its first day: it never comes into force."""

    __tablename__ = "dictionary_withdrawals"
    __table_args__ = append_only()

    version: Mapped[int] = mapped_column(ForeignKey("dictionaries.version"), primary_key=True)
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[str]


class Category(Base):
    """A category of one version, with its Chinese name."""

    __tablename__ = "dictionary_categories"
    __table_args__ = append_only()

    version: Mapped[int] = mapped_column(ForeignKey("dictionaries.version"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class CategoryLimit(Base):
    """How long an incident of a category, severity and treatment may take."""

    __tablename__ = "dictionary_limits"
    __table_args__: Any = (
        ForeignKeyConstraint(["version", "category"], ["dictionary_categories.version", "dictionary_categories.code"]),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("unit IN ('work_hour', 'work_day', 'hour', 'day')", name="unit"),
        CheckConstraint(f"treatment IN ({TREATMENTS})", name="treatment"),
        append_only(),
    )

    version: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str] = mapped_column(primary_key=True)
    treatment: Mapped[str] = mapped_column(primary_key=True, server_default=text("'routine'"))
    amount: Mapped[int]
    unit: Mapped[str]
