"""Tables of facilities, and of every version of them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from services.registry.facilities.domain import FacilityStep
from shared.contracts.registry.facilities import FacilityKind, FacilityStatus
from shared.db.base import AreaText, append_only
from shared.db.row_versions import RowVersionColumns


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class Facility(Base):
    """A facility of a village or grid. It is open to everybody: nothing of it is sealed.

    `entered_in`: the village among whose open ones the name stands once; null for what came by a change of areas to a
    village that has one of it already.
    `earlier`: times before it opened again. `former`: where it was before changes of areas, each until a day.
    """

    __tablename__ = "facilities"
    __table_args__: Any = (
        CheckConstraint(f"kind IN ({_listed(FacilityKind)})", name="kind"),
        CheckConstraint(f"status IN ({_listed(FacilityStatus)})", name="status"),
        CheckConstraint("status = 'withdrawn' OR (status = 'closed') = (closed_on IS NOT NULL)", name="closed"),
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="dates"),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="point"),
        CheckConstraint("floor_area > 0", name="floor_area"),
        CheckConstraint("staff BETWEEN 0 AND 100000", name="staff"),
        Index("ix_facilities_area_id", "area", "id"),
        Index("ix_facilities_organisation", "organisation_id"),
        Index("uq_facilities_name", "entered_in", "compared", unique=True, postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    area: Mapped[str] = mapped_column(AreaText())
    entered_in: Mapped[str | None] = mapped_column(AreaText())
    kind: Mapped[str]
    name: Mapped[str]
    compared: Mapped[str]
    serves: Mapped[list[Any]] = mapped_column(JSONB)
    address: Mapped[str | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    floor_area: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    staff: Mapped[int | None]
    hours: Mapped[list[Any]] = mapped_column(JSONB)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    status: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    earlier: Mapped[list[Any]] = mapped_column(JSONB)
    former: Mapped[list[Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]


class FacilityVersion(RowVersionColumns, Base):
    """What a facility was from a step on."""

    __tablename__ = "facility_versions"
    __table_args__: Any = (CheckConstraint(f"step IN ({_listed(FacilityStep)})", name="step"), append_only())

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facilities.id"), primary_key=True)
