"""Indicator definitions: data, versioned; and what is to become the next version of one."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from services.indicators.base import Base


class DefinitionRow(Base):
    """One version of one indicator. A changed meaning is a new version: on a day the highest one that has opened holds.

    What it is made of stands in its measures, or in `formula` (see `domain.versions.Version`). `opens_on` empty: since
    ever. Who drafted and who published it are two people; both are empty for what ships and for what ledgers bring.
    """

    __tablename__ = "definitions"
    __table_args__ = (
        CheckConstraint("kind IN ('stock', 'flow', 'ratio', 'percentile', 'reported', 'composite')", name="kind"),
        CheckConstraint("direction IN ('up', 'down', 'neutral')", name="direction"),
        CheckConstraint("kind = 'ratio' OR base_measure IS NULL", name="base_of_ratio"),
        CheckConstraint("count_measure IS NOT NULL OR formula IS NOT NULL", name="made_of_something"),
        CheckConstraint("(kind = 'percentile') = (percentile IS NOT NULL)", name="percentile"),
        CheckConstraint("drafted_by <> published_by", name="two_people"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit: Mapped[str]
    direction: Mapped[str]
    kind: Mapped[str]
    meaning: Mapped[str]
    department: Mapped[str]
    count_measure: Mapped[str | None]
    count_dimension: Mapped[str] = mapped_column(server_default="")
    base_measure: Mapped[str | None]
    base_dimension: Mapped[str | None]
    restricted: Mapped[bool] = mapped_column(server_default="false")
    axes: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    scale: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    least: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    retired: Mapped[bool] = mapped_column(server_default="false")
    read_by: Mapped[str | None]
    formula: Mapped[dict[str, Any] | None]
    percentile: Mapped[int | None] = mapped_column(SmallInteger)
    opens_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    drafted_by: Mapped[str | None]  # a subject of the issuer
    published_by: Mapped[str | None]
    published_at: Mapped[datetime | None]


class DefinitionDraft(Base):
    """What is to become the next version. `drafters` are all who had a hand in it: none of them may publish it.

    `trial`: what came of trying it out as it stands, with what is held.
    """

    __tablename__ = "definition_drafts"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any]]
    drafted_by: Mapped[str]
    drafters: Mapped[list[Any]]
    drafted_at: Mapped[datetime]
    trial: Mapped[dict[str, Any] | None]
