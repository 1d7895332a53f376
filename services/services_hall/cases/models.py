"""Cases, the steps they took, the applicant's snapshot, and the daily serials of their numbers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.base import Base
from shared.contracts.services_hall.cases import CaseStatus
from shared.db.base import AreaText, append_only
from shared.db.sealing import sealed

STATUSES = ", ".join(f"'{status}'" for status in CaseStatus)


class Case(Base):
    """One case. `person_id` belongs to registry: kept, indexed, no foreign key. `department` is the item's.

    `former`: areas of its counter before changes of areas, with the first day on which it was there no longer.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("number"),
        ForeignKeyConstraint(["item_id", "item_version"], ["item_versions.item_id", "item_versions.number"]),
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        Index("ix_cases_area_id", "area", "id"),
        Index("ix_cases_department_area_id", "department", "area", "id"),
        Index("ix_cases_person_id", "person_id"),
        Index("ix_cases_provisional", "id", postgresql_where=text("due_provisional")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    number: Mapped[str]
    item_id: Mapped[UUID]
    item_version: Mapped[int]
    department: Mapped[str]
    category: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText)
    person_id: Mapped[UUID | None]
    status: Mapped[str]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str]
    received_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    granted: Mapped[bool | None]
    closed_at: Mapped[datetime | None]
    promised_days: Mapped[int]
    due_on: Mapped[date | None]
    due_provisional: Mapped[bool] = mapped_column(server_default="false")
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))


class CaseStep(Base):
    """Who moved a case, when, and with which coded reason. Never changed."""

    __tablename__ = "case_steps"
    __table_args__ = append_only()

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str | None]


class Applicant(Base):
    """Applicant as the extract attests, sealed under the hall's own keys. One extract serves one case."""

    __tablename__ = "applicants"
    __table_args__ = (UniqueConstraint("extract_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    extract_id: Mapped[UUID | None]  # null in rows from before the column
    snapshot: Mapped[bytes] = sealed("applicants.snapshot", owner="{case_id}")


class CaseSerial(Base):
    """The last serial given to an item's cases on a day."""

    __tablename__ = "case_serials"

    item_code: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
