"""Tables of unusual reading: what subjects read by day, what of it was unusual, and the limits of a county."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from services.registry.reading_findings.domain import FindingStatus, ReadingRule
from shared.db.base import AreaText
from shared.db.sealing import sealed

STATUSES = ", ".join(f"'{status}'" for status in FindingStatus)
RULES = ", ".join(f"'{rule}'" for rule in ReadingRule)


class ReadingDayRow(Base):
    """Numbers of a subject's reading on a day. The subject `` stands for a day that was counted."""

    __tablename__ = "reading_days"
    __table_args__: Any = (Index("ix_reading_days_day", "day"),)

    subject: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    persons: Mapped[int]
    shown_full: Mapped[int]
    out_of_hours: Mapped[int]
    misses: Mapped[int]
    villages: Mapped[list[str]] = mapped_column(ARRAY(Text()))


class ReadingFinding(Base):
    """A day of reading that was unusual by a rule. `area`: the smallest in which all of it was read."""

    __tablename__ = "reading_findings"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint(f"rule IN ({RULES})", name="rule"),
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index("uq_reading_findings_day", "reader", "day", "rule", unique=True),
        Index("ix_reading_findings_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    rule: Mapped[str]
    reader: Mapped[str]
    day: Mapped[date]
    area: Mapped[str] = mapped_column(AreaText())
    measured: Mapped[int]
    bound: Mapped[int]
    villages: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    found_at: Mapped[datetime]
    reason: Mapped[str | None]
    note_sealed: Mapped[bytes | None] = sealed("reading_finding.note")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]


class ReadingLimitRow(Base):
    """A limit that the county has set; without a row it is the default."""

    __tablename__ = "reading_limits"

    code: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
    version: Mapped[int]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
