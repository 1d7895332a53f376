"""Indicator definitions: data, versioned."""

from typing import Any

from sqlalchemy import CheckConstraint, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from services.indicators.base import Base


class DefinitionRow(Base):
    """One version of one indicator. A changed meaning is a new version; the highest one is in force."""

    __tablename__ = "definitions"
    __table_args__ = (
        CheckConstraint("kind IN ('stock', 'flow', 'ratio')", name="kind"),
        CheckConstraint("direction IN ('up', 'down', 'neutral')", name="direction"),
        CheckConstraint("(kind = 'ratio') = (base_measure IS NOT NULL)", name="ratio_has_base"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit: Mapped[str]
    direction: Mapped[str]
    kind: Mapped[str]
    meaning: Mapped[str]
    department: Mapped[str]
    count_measure: Mapped[str]
    count_dimension: Mapped[str] = mapped_column(server_default="")
    base_measure: Mapped[str | None]
    base_dimension: Mapped[str | None]
    restricted: Mapped[bool] = mapped_column(server_default="false")
    axes: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    scale: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    least: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    retired: Mapped[bool] = mapped_column(server_default="false")
    read_by: Mapped[str | None]
