"""Table of circumstances."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.contracts.registry.circumstances import CircumstanceStatus

STATUSES = ", ".join(f"'{status}'" for status in CircumstanceStatus)


class Circumstance(Base):
    """A dated circumstance of a person. It holds from `began_on` until `ended_on`, else `agreed_until`, else on and on.

    Nothing of it is overwritten: what was done to it stands in `steps`, with day, reason and who did it.
    """

    __tablename__ = "circumstances"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("status = 'withdrawn' OR (status = 'ended') = (ended_on IS NOT NULL)", name="ended"),
        CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="end"),
        CheckConstraint("agreed_until IS NULL OR agreed_until >= began_on", name="term"),
        Index("ix_circumstances_person", "person_id"),
        Index("ix_circumstances_kind", "kind", "id"),
        Index("ix_circumstances_started_by", "started_by", postgresql_where=text("started_by IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str]
    status: Mapped[str]
    details: Mapped[dict[str, Any]]
    began_on: Mapped[date]
    agreed_until: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_by: Mapped[UUID | None]
    started_by: Mapped[UUID | None]
    verified_on: Mapped[date]
    source: Mapped[str | None]
    steps: Mapped[list[Any]]
    recorded_at: Mapped[datetime]
