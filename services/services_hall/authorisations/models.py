"""Tables of authorisations and of every version of them: codes, ids and days. Who signed is the case's applicant."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.agents.models import listed
from services.services_hall.authorisations.domain import AuthorisationStep
from services.services_hall.base import Base
from shared.contracts.services_hall.authorisations import AuthorisationStatus, AuthorisationWay
from shared.db.base import AreaText, append_only
from shared.db.stepped_rows import StepVersionColumns


class Authorisation(Base):
    """An authorisation that the applicant of a case gave an agent. `items`: ids of the items for which it was given."""

    __tablename__ = "authorisations"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({listed(AuthorisationStatus)})", name="status"),
        CheckConstraint(f"way IN ({listed(AuthorisationWay)})", name="way"),
        CheckConstraint("(status = 'revoked') = (revoked_on IS NOT NULL)", name="revoked"),
        CheckConstraint("until >= signed_on", name="term"),
        Index("ix_authorisations_case_id", "case_id"),
        Index("ix_authorisations_agent_id", "agent_id"),
        Index("ix_authorisations_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText)
    department: Mapped[str]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id"))
    items: Mapped[list[Any]] = mapped_column(JSONB)
    way: Mapped[str]
    signed_on: Mapped[date]
    until: Mapped[date | None]
    revoked_on: Mapped[date | None]
    recorded_at: Mapped[datetime]


class AuthorisationVersion(StepVersionColumns, Base):
    """What an authorisation was from a step on."""

    __tablename__ = "authorisation_versions"
    __table_args__: Any = (CheckConstraint(f"step IN ({listed(AuthorisationStep)})", name="step"), append_only())

    authorisation_id: Mapped[UUID] = mapped_column(ForeignKey("authorisations.id"), primary_key=True)
