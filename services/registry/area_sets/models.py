"""Tables of area sets, of their members, and of every version of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.area_sets.domain import AreaSetStep
from services.registry.base import Base
from shared.contracts.registry.area_sets import AreaSetKind, AreaSetStatus
from shared.db.base import AreaText, append_only
from shared.db.row_versions import RowVersionColumns


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class AreaSet(Base):
    """A set of villages, or of grids. It names nobody: nothing of it is sealed.

    `area`: the smallest area that holds all its members, by which it is seen and changed. `hall_id`: the facility that
    is its hall. `head_id`: the term of who heads it.
    """

    __tablename__ = "area_sets"
    __table_args__: Any = (
        CheckConstraint(f"kind IN ({_listed(AreaSetKind)})", name="kind"),
        CheckConstraint(f"status IN ({_listed(AreaSetStatus)})", name="status"),
        CheckConstraint(
            "status = 'withdrawn' OR (status = 'dissolved') = (dissolved_on IS NOT NULL)", name="dissolved"
        ),
        CheckConstraint("dissolved_on IS NULL OR dissolved_on >= formed_on", name="dates"),
        Index("ix_area_sets_area_id", "area", "id"),
        Index("ix_area_sets_hall", "hall_id"),
        Index("ix_area_sets_head", "head_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    area: Mapped[str] = mapped_column(AreaText())
    kind: Mapped[str]
    name: Mapped[str]
    compared: Mapped[str]
    hall_id: Mapped[UUID | None] = mapped_column(ForeignKey("facilities.id"))
    head_id: Mapped[UUID | None] = mapped_column(ForeignKey("terms.id"))
    status: Mapped[str]
    formed_on: Mapped[date]
    dissolved_on: Mapped[date | None]
    recorded_at: Mapped[datetime]


class AreaSetMember(Base):
    """An area in a set from a day on. `number` counts the memberships of a set in the order in which they came.

    `begun_by`, `ended_by`: the change of areas with which it began or ended.
    """

    __tablename__ = "area_set_members"
    __table_args__: Any = (
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        CheckConstraint("ended_by IS NULL OR until IS NOT NULL", name="ended"),
        Index("ix_area_set_members_area", "area"),
        Index("ix_area_set_members_begun_by", "begun_by"),
        Index("ix_area_set_members_ended_by", "ended_by"),
    )

    area_set_id: Mapped[UUID] = mapped_column(ForeignKey("area_sets.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    area: Mapped[str] = mapped_column(AreaText())
    since: Mapped[date]
    until: Mapped[date | None]
    begun_by: Mapped[UUID | None] = mapped_column(ForeignKey("area_changes.id"))
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("area_changes.id"))


class AreaSetVersion(RowVersionColumns, Base):
    """What a set was from a step on, its members too."""

    __tablename__ = "area_set_versions"
    __table_args__: Any = (CheckConstraint(f"step IN ({_listed(AreaSetStep)})", name="step"), append_only())

    area_set_id: Mapped[UUID] = mapped_column(ForeignKey("area_sets.id"), primary_key=True)
