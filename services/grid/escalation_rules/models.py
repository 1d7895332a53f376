"""Rules of escalation."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from services.grid.escalation_rules.domain import Receiver, RuleTerms
from shared.contracts.grid.escalations import EscalationMetric
from shared.contracts.severity import Severity
from shared.worktime import ClockUnit

METRICS = ", ".join(f"'{one}'" for one in EscalationMetric)
RECEIVERS = ", ".join(f"'{one}'" for one in Receiver)


class EscalationRule(Base):
    """A rule as it stands. What has fired by it keeps what it said then."""

    __tablename__ = "escalation_rules"
    __table_args__: Any = (
        CheckConstraint("status IN ('in_force', 'retired')", name="status"),
        CheckConstraint(f"metric IN ({METRICS})", name="metric"),
        CheckConstraint(f"receiver IN ({RECEIVERS})", name="receiver"),
        CheckConstraint("unit IN ('work_hour', 'work_day', 'hour', 'day')", name="unit"),
        CheckConstraint("level BETWEEN 1 AND 5 AND threshold >= 0", name="numbers"),
        Index(
            "uq_escalation_rules_in_force",
            *("metric", "threshold", "unit", "level", "receiver", "category", "severity"),
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("status = 'in_force'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str]
    metric: Mapped[str]
    threshold: Mapped[int]
    unit: Mapped[str]
    level: Mapped[int]
    receiver: Mapped[str]
    category: Mapped[str | None]
    severity: Mapped[str | None]
    around_the_clock: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

    @property
    def terms(self) -> RuleTerms:
        """What it says."""
        return RuleTerms(
            metric=EscalationMetric(self.metric),
            threshold=self.threshold,
            unit=ClockUnit(self.unit),
            level=self.level,
            receiver=Receiver(self.receiver),
            category=self.category,
            severity=None if self.severity is None else Severity(self.severity),
            around_the_clock=self.around_the_clock,
        )
