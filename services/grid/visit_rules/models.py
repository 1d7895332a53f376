"""Visit rules."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base


class VisitRule(Base):
    """How people with a tag are visited, from a day on.

    `level`: of the tag; null: every level without a rule of its own. `valid_to`: first day no more.
    """

    __tablename__ = "visit_rules"
    __table_args__: Any = (
        CheckConstraint("every_days > 0 AND first_within_days >= 0", name="days"),
        CheckConstraint("missed_after_days >= 0", name="missed_days"),
        CheckConstraint("(missed_after_days IS NULL) = (missed_category IS NULL)", name="missed"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        Index(
            "uq_visit_rules_open",
            "tag_code",
            "level",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    tag_code: Mapped[str]
    level: Mapped[str | None]
    every_days: Mapped[int]
    first_within_days: Mapped[int]
    missed_after_days: Mapped[int | None]
    missed_category: Mapped[str | None]
    ledger: Mapped[str | None]
    valid_from: Mapped[date] = mapped_column(server_default=text("'2000-01-01'"))
    valid_to: Mapped[date | None]
    entered_by: Mapped[str] = mapped_column(server_default=text("'shipped'"))
    entered_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
