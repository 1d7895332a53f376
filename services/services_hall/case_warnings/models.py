"""Tables of warning rules and of warnings. Codes and ids alone."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.base import Base
from services.services_hall.case_warnings.domain import WarningRuleStatus, WarningTiming
from shared.contracts.services_hall.case_warnings import (
    WarningColour,
    WarningMetric,
    WarningReceiver,
    WarningStatus,
)
from shared.db.base import AreaText
from shared.worktime import ClockUnit


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class WarningRuleRow(Base):
    """A rule by which cases are warned about."""

    __tablename__ = "warning_rules"
    __table_args__: Any = (
        CheckConstraint(f"metric IN ({_listed(WarningMetric)})", name="metric"),
        CheckConstraint(f"timing IN ({_listed(WarningTiming)})", name="timing"),
        CheckConstraint(f"unit IN ({_listed(ClockUnit)})", name="unit"),
        CheckConstraint(f"colour IN ({_listed(WarningColour)})", name="colour"),
        CheckConstraint(f"receiver IN ({_listed(WarningReceiver)})", name="receiver"),
        CheckConstraint(f"status IN ({_listed(WarningRuleStatus)})", name="status"),
        CheckConstraint("amount >= 0 AND level >= 1", name="amounts"),
        CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
        Index("uq_warning_rules_level", "metric", "level", unique=True, postgresql_where=text("status = 'set'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    metric: Mapped[str]
    timing: Mapped[str]
    amount: Mapped[int]
    unit: Mapped[str]
    level: Mapped[int]
    colour: Mapped[str]
    receiver: Mapped[str]
    source: Mapped[str]
    effective_on: Mapped[date]
    status: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]


class CaseWarning(Base):
    """A warning. `occasion`: which run of the limit it was: since when, extended or not; a step and its
    returns; a promised day.

    A case is warned about once by a rule, of which each has one level, on one occasion.
    """

    __tablename__ = "case_warnings"
    __table_args__: Any = (
        UniqueConstraint("case_id", "rule_id", "occasion"),
        CheckConstraint(f"status IN ({_listed(WarningStatus)})", name="status"),
        CheckConstraint("(status = 'acknowledged') = (acknowledged_at IS NOT NULL)", name="acknowledged"),
        Index("ix_case_warnings_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("warning_rules.id"))
    occasion: Mapped[str]
    metric: Mapped[str]
    level: Mapped[int]
    colour: Mapped[str]
    receiver: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText)
    department: Mapped[str | None]
    due_on: Mapped[date]
    status: Mapped[str]
    raised_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
