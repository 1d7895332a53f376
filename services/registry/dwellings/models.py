"""Tables of dwellings, their conditions, and the digests of unit and room."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.contracts.registry.dwellings import ConditionTopic, DwellingStatus
from shared.db.base import AreaText
from shared.db.sealing import blind, sealed

STATUSES = ", ".join(f"'{status}'" for status in DwellingStatus)
TOPICS = ", ".join(f"'{topic}'" for topic in ConditionTopic)


class Dwelling(Base):
    """A dwelling of a building. Unit and room are sealed; `area` repeats the building's."""

    __tablename__ = "dwellings"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("(status = 'ended') = (valid_to IS NOT NULL)", name="ended"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("floor_area > 0", name="floor_area"),
        Index("ix_dwellings_area_id", "area", "id"),
        Index("ix_dwellings_building", "building_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    building_id: Mapped[UUID] = mapped_column(ForeignKey("buildings.id"))
    area: Mapped[str] = mapped_column(AreaText())
    room_sealed: Mapped[bytes] = sealed("dwelling.room")
    floor_area: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    status: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime]


class DwellingDigest(Base):
    """A blind index value of a standing dwelling's building, unit and room, under each key in use: unique."""

    __tablename__ = "dwelling_digests"
    __table_args__: Any = (Index("ix_dwelling_digests_dwelling", "dwelling_id"),)

    key_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = blind("dwelling_id", primary_key=True)
    dwelling_id: Mapped[UUID] = mapped_column(ForeignKey("dwellings.id"))


class DwellingCondition(Base):
    """A condition from a day on, until the next one of its topic. Withdrawn ones are kept."""

    __tablename__ = "dwelling_conditions"
    __table_args__: Any = (
        CheckConstraint(f"topic IN ({TOPICS})", name="topic"),
        Index(
            "uq_dwelling_conditions_day",
            "dwelling_id",
            "topic",
            "since",
            unique=True,
            postgresql_where=text("NOT withdrawn"),
        ),
    )

    dwelling_id: Mapped[UUID] = mapped_column(ForeignKey("dwellings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    topic: Mapped[str]
    value: Mapped[str]
    since: Mapped[date]
    withdrawn: Mapped[bool]
    recorded_at: Mapped[datetime]
