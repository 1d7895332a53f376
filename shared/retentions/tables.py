"""Columns of a service's table of retention rules."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.retentions.rules import FEWEST, MOST, RetentionStatus


class RetentionRuleColumns:
    """How many years what ended so is kept, from a day on. A service's row class inherits them beside its base."""

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


def rule_arguments(kinds: Iterable[str]) -> Any:
    """What a service's table of rules holds to, `kinds` being its own."""
    return (
        CheckConstraint(f"kind IN ({_listed(kinds)})", name="kind"),
        CheckConstraint(f"status IN ({_listed(RetentionStatus)})", name="status"),
        CheckConstraint(f"years BETWEEN {FEWEST} AND {MOST}", name="years"),
        CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
        Index("uq_retention_rules_day", "kind", "effective_on", unique=True, postgresql_where=text("status = 'set'")),
    )


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)
