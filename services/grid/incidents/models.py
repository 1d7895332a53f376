"""Incidents (事件), their history, and what a hotline said of the caller."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from services.grid.incidents.domain import OPEN
from shared.contracts.grid.incidents import IncidentStatus
from shared.db.base import AreaText
from shared.db.sealing import sealed

STATUSES = ", ".join(f"'{status}'" for status in IncidentStatus)
OPEN_STATUSES = ", ".join(f"'{status}'" for status in sorted(OPEN))


class Incident(Base):
    """An incident as it stands. `description` is sealed; `reporter` is an account's subject, not a name.

    `former`: where it lay before changes of areas, with the first day on which it did no longer, oldest first.

    `department` is that of the unit that has it; None: no department's.
    """

    __tablename__ = "incidents"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="point"),
        Index("ix_incidents_area", "area", "id"),
        Index("ix_incidents_department_area", "department", "area", "id"),
        Index("ix_incidents_reporter", "reporter", "id"),
        Index("ix_incidents_open_due", "due_at", postgresql_where=text(f"status IN ({OPEN_STATUSES})")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(AreaText())
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    source: Mapped[str]
    category: Mapped[str]
    severity: Mapped[str]
    treatment: Mapped[str] = mapped_column(server_default=text("'routine'"))  # said at filing
    description: Mapped[bytes | None] = sealed("incident.description")
    reporter: Mapped[str]
    status: Mapped[str]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    department: Mapped[str | None]
    dictionary_version: Mapped[int | None] = mapped_column(ForeignKey("dictionaries.version"))
    reported_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    feedback_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    due_provisional: Mapped[bool]
    deferred: Mapped[bool] = mapped_column(server_default=text("false"))
    returns: Mapped[int]
    reworks: Mapped[int]
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    version: Mapped[int] = mapped_column(BigInteger)


class IncidentStep(Base):
    """Who did what to an incident, when and why: one line per version, never changed. `note` is sealed."""

    __tablename__ = "incident_steps"
    __table_args__: Any = {"info": {"append_only": True}}  # noqa: RUF012 (the base declares it so)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    step: Mapped[str]
    status: Mapped[str]  # after the step
    actor: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str | None]  # a code
    unit_id: Mapped[UUID | None]
    note: Mapped[bytes | None] = sealed("incident_step.note", owner="{incident_id}:{version}")


class IncidentRequest(Base):
    """What the county's hotline said of the caller (诉求); sealed under the incident's id."""

    __tablename__ = "incident_requests"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    received_at: Mapped[datetime]  # when the hotline took it
    caller_name: Mapped[bytes | None] = sealed("incident.caller_name", owner="{incident_id}")
    caller_phone: Mapped[bytes | None] = sealed("incident.caller_phone", owner="{incident_id}")
    address: Mapped[bytes | None] = sealed("incident.address", owner="{incident_id}")
