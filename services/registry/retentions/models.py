"""Table of retention rules that the county has set."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from services.registry.retentions.domain import FEWEST, MOST, RetentionKind, RetentionStatus


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class RetentionRuleRow(Base):
    """How many years entries of a kind are kept, from a day on."""

    __tablename__ = "retention_rules"
    __table_args__: Any = (
        CheckConstraint(f"kind IN ({_listed(RetentionKind)})", name="kind"),
        CheckConstraint(f"status IN ({_listed(RetentionStatus)})", name="status"),
        CheckConstraint(f"years BETWEEN {FEWEST} AND {MOST}", name="years"),
        CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
        Index("uq_retention_rules_day", "kind", "effective_on", unique=True, postgresql_where=text("status = 'set'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    kind: Mapped[str]
    years: Mapped[int]
    source: Mapped[str]
    effective_on: Mapped[date]
    status: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
