"""Answers to lists (名单结果), and the newest list of each source, kind and area."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer

from services.registry.base import Base
from shared.db.base import AreaText
from shared.messaging.inbound.outcomes import OutcomeColumns, outcome_rules


class ListOutcome(OutcomeColumns, Base):
    """The answer to one part of a list, and to each of its rows."""

    __tablename__ = "list_outcomes"
    __table_args__: Any = outcome_rules(__tablename__, "list_id")

    kind: Mapped[str | None]
    list_id: Mapped[str | None]
    area: Mapped[str | None] = mapped_column(AreaText())
    as_of: Mapped[date | None]
    part: Mapped[int | None]
    complete: Mapped[bool]
    missing: Mapped[int]
    rows: Mapped[list[Any]]


class ListSeries(Base):
    """The newest list of a source, kind and area, and which of its parts have come."""

    __tablename__ = "list_series"

    source: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(AreaText(), primary_key=True)
    list_id: Mapped[str]
    as_of: Mapped[date]
    parts: Mapped[int]
    received: Mapped[list[int]] = mapped_column(ARRAY(Integer()))
    completed_at: Mapped[datetime | None]
