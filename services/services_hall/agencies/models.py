"""Tables of agencies and of every version of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.agencies.domain import UNFINISHED, AgencyStep
from services.services_hall.agents.models import listed
from services.services_hall.base import Base
from shared.contracts.services_hall.agencies import AgencyStatus, CallBackOutcome
from shared.db.base import AreaText, append_only
from shared.db.sealing import sealed
from shared.db.stepped_rows import StepVersionColumns

OPEN = listed(sorted(UNFINISHED))


class Agency(Base):
    """A case that an agent carries. `forward_days`: working days to forward it, as the hall had them at acceptance.

    `visit_on`: day of the home visit that is arranged, `visit_address` where it is to be, sealed, empty if there is
    none; `visits`: how many were made.
    """

    __tablename__ = "agencies"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({listed(AgencyStatus)})", name="status"),
        CheckConstraint(f"outcome IN ({listed(CallBackOutcome)})", name="outcome"),
        CheckConstraint("(status = 'called_back') = (outcome IS NOT NULL)", name="called_back"),
        CheckConstraint("(status = 'declined') = (declined_at IS NOT NULL)", name="declined"),
        CheckConstraint("(status = 'revoked') = (revoked_at IS NOT NULL)", name="revoked"),
        CheckConstraint("status <> 'accepted' OR forward_due_on IS NOT NULL", name="due"),
        Index("uq_agencies_case", "case_id", unique=True, postgresql_where=text(f"status IN ({OPEN})")),
        Index("ix_agencies_area", "area", "id"),
        Index("ix_agencies_agent_id", "agent_id", "id"),
        Index("ix_agencies_authorisation_id", "authorisation_id"),
        Index("ix_agencies_case_id", "case_id"),
        Index("ix_agencies_forward_due_on", "forward_due_on", postgresql_where=text("status = 'accepted'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText)
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    department: Mapped[str]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    authorisation_id: Mapped[UUID] = mapped_column(ForeignKey("authorisations.id"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id"))
    forward_days: Mapped[int | None]
    entrusted_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    forward_due_on: Mapped[date | None]
    forward_provisional: Mapped[bool] = mapped_column(default=False, server_default="false")
    forwarded_at: Mapped[datetime | None]
    forwarded_to: Mapped[str | None] = mapped_column(AreaText)
    delivered_on: Mapped[date | None]
    archived_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    called_back_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    charged: Mapped[bool | None]
    visits: Mapped[int] = mapped_column(default=0, server_default="0")
    visit_on: Mapped[date | None]
    visit_address: Mapped[bytes] = sealed("agencies.visit_address")
    declined_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]
    revoked_at: Mapped[datetime | None]


class AgencyVersion(StepVersionColumns, Base):
    """What an agency was from a step on. The address of a visit is not in it."""

    __tablename__ = "agency_versions"
    __table_args__: Any = (CheckConstraint(f"step IN ({listed(AgencyStep)})", name="step"), append_only())

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
