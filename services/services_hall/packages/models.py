"""Tables of packages, and of the matters that are brought as one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.base import Base
from shared.contracts.services_hall.packages import MatterStatus, PackageStatus
from shared.db.base import AreaText, append_only


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class Package(Base):
    """A package. `items`: ids of its items; `shared`: names of the materials that are brought once."""

    __tablename__ = "packages"
    __table_args__ = (UniqueConstraint("code"), CheckConstraint(f"status IN ({_listed(PackageStatus)})", name="status"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    lead_department: Mapped[str]
    items: Mapped[list[Any]] = mapped_column(JSONB)
    shared: Mapped[list[Any]] = mapped_column(JSONB)
    status: Mapped[str]


class Matter(Base):
    """What somebody brought as one. `department`: the lead; `cases`: ids of its cases."""

    __tablename__ = "matters"
    __table_args__ = (
        CheckConstraint(f"status IN ({_listed(MatterStatus)})", name="status"),
        CheckConstraint("(status = 'answered') = (answered_at IS NOT NULL)", name="answered"),
        Index("ix_matters_area_id", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    package_id: Mapped[UUID] = mapped_column(ForeignKey("packages.id"))
    department: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText)
    person_id: Mapped[UUID | None]
    cases: Mapped[list[Any]] = mapped_column(JSONB)
    status: Mapped[str]
    opened_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    granted: Mapped[bool | None]


class MatterStep(Base):
    """Who did what with a matter, when, and why. Never changed."""

    __tablename__ = "matter_steps"
    __table_args__ = append_only()

    matter_id: Mapped[UUID] = mapped_column(ForeignKey("matters.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str | None]
