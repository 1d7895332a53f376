"""Table of occupancies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.contracts.registry.occupancies import OccupancyRole, OccupancyStatus

ROLES = ", ".join(f"'{role}'" for role in OccupancyRole)
STATUSES = ", ".join(f"'{status}'" for status in OccupancyStatus)
LIVING = text("role = 'occupant' AND status = 'current'")


class Occupancy(Base):
    """One person or household as owner, tenant or occupant of a dwelling. It holds while `until` is None.

    `followed`: its end follows from the person's residence or the household, and moves with it.
    """

    __tablename__ = "occupancies"
    __table_args__: Any = (
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("(person_id IS NULL) <> (household_id IS NULL)", name="party"),
        CheckConstraint("status = 'withdrawn' OR (status = 'ended') = (until IS NOT NULL)", name="ended"),
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        CheckConstraint("role = 'tenant' OR (lease_until IS NULL AND letter_id IS NULL)", name="lease"),
        Index("ix_occupancies_dwelling", "dwelling_id", "id"),
        Index("ix_occupancies_person", "person_id"),
        Index("ix_occupancies_household", "household_id"),
        Index("uq_occupancies_person", "person_id", unique=True, postgresql_where=LIVING),
        Index("uq_occupancies_household", "household_id", unique=True, postgresql_where=LIVING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    dwelling_id: Mapped[UUID] = mapped_column(ForeignKey("dwellings.id"))
    role: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"))
    status: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    followed: Mapped[bool]
    lease_until: Mapped[date | None]
    letter_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]

    @property
    def letter(self) -> bool:
        """Whether a responsibility letter is kept."""
        return self.letter_id is not None


@dataclass(frozen=True, slots=True)
class Located:
    """An occupancy and the area of its dwelling. `former`: its areas before changes of areas, each until a day."""

    occupancy: Occupancy
    area: str
    former: Sequence[tuple[str, date]] = ()
