"""Table of changes of areas."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.contracts.registry.area_changes import AreaChangeKind, AreaChangeStatus
from shared.db.base import AreaText

KINDS = ", ".join(f"'{kind}'" for kind in AreaChangeKind)
STATUSES = ", ".join(f"'{status}'" for status in AreaChangeStatus)


class AreaChangeEvent(Base):
    """A life event that a change of areas brought."""

    __tablename__ = "area_change_events"
    __table_args__: Any = ({"info": {"append_only": True}},)

    area_change_id: Mapped[UUID] = mapped_column(ForeignKey("area_changes.id"), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("life_events.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


class AreaChange(Base):
    """A change of areas as it was carried out. `area`: what holds all areas that it names.

    `plan`: opened codes and moves, and which grids got which codes. `households`, `buildings`: ids of those that
    followed, `persons`: how many did.
    """

    __tablename__ = "area_changes"
    __table_args__: Any = (
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name="undone"),
        Index("ix_area_changes_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    area: Mapped[str] = mapped_column(AreaText())
    kind: Mapped[str]
    status: Mapped[str]
    effective_on: Mapped[date]
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB)
    persons: Mapped[int]
    households: Mapped[list[Any]] = mapped_column(JSONB)
    buildings: Mapped[list[Any]] = mapped_column(JSONB)
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]
