"""Households, who belongs to them, and what has changed in them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText


class Household(Base):
    """A household in a village or grid. `former`: where it was before changes of areas, each until a day."""

    __tablename__ = "households"
    __table_args__: Any = (
        CheckConstraint("kind IN ('legal', 'living')", name="kind"),
        CheckConstraint("(status = 'dissolved') = (dissolved_on IS NOT NULL)", name="dissolved"),
        Index("ix_households_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    kind: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    status: Mapped[str]
    established_on: Mapped[date]
    dissolved_on: Mapped[date | None]
    former: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))


class HouseholdMember(Base):
    """A membership with one relation. A person has one open one of a kind, a household one open head."""

    __tablename__ = "household_members"
    __table_args__: Any = (
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        Index(
            "uq_household_members_person",
            "person_id",
            "kind",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_household_members_left", "person_id", "kind", postgresql_where=text("until IS NOT NULL")),
        Index(
            "uq_household_members_head",
            "household_id",
            unique=True,
            postgresql_where=text("until IS NULL AND relation = '02'"),
        ),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str]
    relation: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]


class HouseholdChange(Base):
    """A change of a household after its founding, with its members as they were before. Append-only.

    `version`: the one that the change led to. `event_id`: the life event that caused it, or that was taken back.
    """

    __tablename__ = "household_changes"
    __table_args__: Any = (
        CheckConstraint(
            "kind IN ('member_added', 'member_removed', 'split', 'merged', 'dissolved', 'restored', 'member_returned', "
            "'boundary_changed', 'head_changed', 'relation_changed')",
            name="kind",
        ),
        Index("ix_household_changes_event", "event_id", postgresql_where=text("event_id IS NOT NULL")),
        {"info": {"append_only": True}},
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    occurred_on: Mapped[date]
    recorded_at: Mapped[datetime]
    event_id: Mapped[UUID | None]
    members: Mapped[list[Any]] = mapped_column(JSONB)
    succession: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
