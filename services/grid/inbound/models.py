"""Inbound outcomes (来件结果): what became of each event of a county system."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.grid.base import Base
from services.grid.incidents.models import Incident
from shared.db.sealing import blind_for_a_while


class InboundOutcome(Base):
    """The answer to one event (来件结果), kept for ever: as long as it stands, its id is remembered.

    `coalesced`: the one answer to all that were refused for a reason and are not remembered one by one; `untold`: how
    many came since it was announced last. `request_source` and `request_id` are set if they may be believed. The
    digests are keyed: of the data as they came, and of what they say once opened. `digest_key` names their key.
    `incident` is loaded by the repository.
    """

    __tablename__ = "inbound_outcomes"
    __table_args__: Any = (
        CheckConstraint("status IN ('accepted', 'rejected')", name="status"),
        CheckConstraint(
            "(status = 'accepted') = (incident_id IS NOT NULL) AND (status = 'rejected') = (code IS NOT NULL)",
            name="answer",
        ),
        # one answer to one id; an id that was used again for something else is answered by a coalesced one
        Index(
            "uq_inbound_outcomes_request",
            "topic",
            "request_source",
            "request_id",
            unique=True,
            postgresql_where=text("NOT coalesced"),
        ),
        Index(
            "uq_inbound_outcomes_incident",
            "incident_id",
            unique=True,
            postgresql_where=text("incident_id IS NOT NULL"),
        ),
        Index(
            "ix_inbound_outcomes_refused",
            "topic",
            "request_source",
            postgresql_where=text("status = 'rejected' AND NOT coalesced"),
        ),
        Index("ix_inbound_outcomes_answered", "answered_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    partition: Mapped[int]
    offset: Mapped[int] = mapped_column("record_offset", BigInteger)  # OFFSET is a word of SQL
    cluster_id: Mapped[str]
    request_source: Mapped[str | None]
    request_id: Mapped[str | None]
    request_id_masked: Mapped[str | None]
    coalesced: Mapped[bool] = mapped_column(server_default=text("false"))
    status: Mapped[str]
    code: Mapped[str | None]
    final: Mapped[bool]
    answered_at: Mapped[datetime]
    repeats: Mapped[int]
    untold: Mapped[int] = mapped_column(server_default=text("0"))
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"))
    digest_key: Mapped[str]
    data_digest: Mapped[bytes] = blind_for_a_while("an id is then remembered without what it said")
    content_digest: Mapped[bytes | None] = blind_for_a_while("as data_digest")
    version: Mapped[int] = mapped_column(BigInteger)

    incident: Mapped[Incident | None] = relationship(lazy="raise")

    @property
    def incident_status(self) -> str | None:
        """Where the incident stands."""
        return None if self.incident is None else self.incident.status

    @property
    def area(self) -> str | None:
        """Where the incident was put."""
        return None if self.incident is None else self.incident.area

    @property
    def filed_at(self) -> datetime | None:
        """When the incident was filed."""
        return None if self.incident is None else self.incident.filed_at

    @property
    def due_at(self) -> datetime | None:
        """Until when the incident may take."""
        return None if self.incident is None else self.incident.due_at

    @property
    def closed_at(self) -> datetime | None:
        """When the incident was closed."""
        return None if self.incident is None else self.incident.closed_at
