"""Tables of buildings and of the digests by which their addresses are found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.contracts.registry.buildings import BuildingKind, BuildingStatus
from shared.db.base import AreaText
from shared.db.sealing import blind, sealed

KINDS = ", ".join(f"'{kind}'" for kind in BuildingKind)
STATUSES = ", ".join(f"'{status}'" for status in BuildingStatus)


class Building(Base):
    """A building of a village or grid. Its address is sealed.

    `former`: where it stood before changes of areas, each until a day.
    """

    __tablename__ = "buildings"
    __table_args__: Any = (
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("(status = 'demolished') = (valid_to IS NOT NULL)", name="demolished"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("floors BETWEEN 1 AND 200", name="floors"),
        Index("ix_buildings_area_id", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    area: Mapped[str] = mapped_column(AreaText())
    kind: Mapped[str]
    address_sealed: Mapped[bytes] = sealed("building.address")
    floors: Mapped[int | None]
    status: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    former: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    recorded_at: Mapped[datetime]


class BuildingDigest(Base):
    """A blind index value of a standing building's village and address, under each key in use: unique."""

    __tablename__ = "building_digests"
    __table_args__: Any = (Index("ix_building_digests_building", "building_id"),)

    key_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = blind("building_id", primary_key=True)
    building_id: Mapped[UUID] = mapped_column(ForeignKey("buildings.id"))
