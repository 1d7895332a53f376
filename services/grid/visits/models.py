"""Visits and the plans that make them due."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText


class VisitPlan(Base):
    """What one tag of registry asks for. Every tag seen has a plan; `area` is null while nobody is to be visited."""

    __tablename__ = "visit_plans"
    __table_args__: Any = (
        Index("ix_visit_plans_person", "person_id"),
        Index("ix_visit_plans_active", "tag_code", "tag_id", postgresql_where=text("area IS NOT NULL")),
    )

    tag_id: Mapped[UUID] = mapped_column(primary_key=True)  # owner: registry
    noun: Mapped[str]  # registry.tag or registry.restricted_tag
    person_id: Mapped[UUID]  # owner: registry
    tag_code: Mapped[str]
    level: Mapped[str | None]
    area: Mapped[str | None] = mapped_column(AreaText())


class Visit(Base):
    """One visit. A plan has at most one that is due. `restricted`: a tag of the sensitive family asks for it.

    `former`: where the person lived when it became overdue, if they live elsewhere since. `worker`: who is to pay it,
    as they log in: whoever answers for the grid today. `incident_id`: what it became when it was missed. `record_id`:
    the record of a ledger that is the form of the visit.
    """

    __tablename__ = "visits"
    __table_args__: Any = (
        CheckConstraint("status IN ('due', 'done', 'cancelled')", name="status"),
        CheckConstraint("(status = 'done') = (done_on IS NOT NULL AND finding IS NOT NULL)", name="done"),
        Index("uq_visits_one_due", "tag_id", unique=True, postgresql_where=text("status = 'due'")),
        Index("ix_visits_area", "area", "due_on", "id"),
        CheckConstraint("(missed_on IS NULL) = (incident_id IS NULL)", name="missed"),
        UniqueConstraint("record_id", name="uq_visits_record"),
        Index("ix_visits_person", "person_id"),
        Index("ix_visits_worker", "worker", "due_on", postgresql_where=text("status = 'due'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("visit_plans.tag_id"))
    person_id: Mapped[UUID]
    area: Mapped[str] = mapped_column(AreaText())
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    status: Mapped[str]
    finding: Mapped[str | None]
    restricted: Mapped[bool] = mapped_column(server_default=text("false"))
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    attempted_on: Mapped[date | None]
    recorded_by: Mapped[str | None]
    worker: Mapped[str | None]
    handovers: Mapped[int] = mapped_column(server_default=text("0"))
    handed_over_on: Mapped[date | None]
    missed_on: Mapped[date | None]
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"))
    record_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(BigInteger)

    @property
    def assigned(self) -> bool:
        """Whether somebody is to pay it."""
        return self.worker is not None
