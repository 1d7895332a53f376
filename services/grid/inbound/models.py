"""Inbound outcomes (来件结果): what became of each event of a county system."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.grid.base import Base
from services.grid.incidents.models import Incident
from shared.messaging.inbound.outcomes import OutcomeColumns, outcome_rules


class InboundOutcome(OutcomeColumns, Base):
    """The answer to one event. `incident` is loaded by the repository."""

    __tablename__ = "inbound_outcomes"
    __table_args__: Any = (
        *outcome_rules(__tablename__, "incident_id"),
        Index(
            "uq_inbound_outcomes_incident",
            "incident_id",
            unique=True,
            postgresql_where=text("incident_id IS NOT NULL"),
        ),
    )

    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"))

    incident: Mapped[Incident | None] = relationship(lazy="raise")

    @property
    def incident_status(self) -> str | None:
        """Where the incident stands, or the one that it was merged into."""
        return None if self.incident is None else self.incident.shown.status

    @property
    def area(self) -> str | None:
        """Where the incident was put."""
        return None if self.incident is None else self.incident.area

    @property
    def filed_at(self) -> datetime | None:
        """When the incident was filed."""
        return None if self.incident is None else self.incident.shown.filed_at

    @property
    def due_at(self) -> datetime | None:
        """Until when the incident may take."""
        return None if self.incident is None else self.incident.shown.due_at

    @property
    def closed_at(self) -> datetime | None:
        """When the incident was closed."""
        return None if self.incident is None else self.incident.shown.closed_at
