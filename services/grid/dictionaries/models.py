"""The versioned dictionary of incidents: categories, limits, hours of work. A published version never changes."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import append_only


class Dictionary(Base):
    """One version. `shifts` are the stretches of a working day as [["08:00", "12:00"], …], Shanghai time."""

    __tablename__ = "dictionaries"
    __table_args__ = append_only()

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date]
    shifts: Mapped[list[Any]]


class Category(Base):
    """A category of one version, with its Chinese name."""

    __tablename__ = "dictionary_categories"
    __table_args__ = append_only()

    version: Mapped[int] = mapped_column(ForeignKey("dictionaries.version"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class CategoryLimit(Base):
    """How long an incident of a category and severity may take."""

    __tablename__ = "dictionary_limits"
    __table_args__: Any = (
        ForeignKeyConstraint(["version", "category"], ["dictionary_categories.version", "dictionary_categories.code"]),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("unit IN ('work_hour', 'work_day', 'hour', 'day')", name="unit"),
        append_only(),
    )

    version: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]
    unit: Mapped[str]
