"""Changes of grids."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText


class GridChange(Base):
    """A change of grids. `grids`: what it did to each, and the version that each had after it.

    Of one that goes on with another border, `polygon` is the border of before.
    """

    __tablename__ = "grid_changes"
    __table_args__: Any = (
        CheckConstraint("kind IN ('split', 'merge', 'redraw')", name="kind"),
        CheckConstraint("status IN ('in_force', 'undone')", name="status"),
        CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name="undone"),
        Index("ix_grid_changes_village", "village", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    village: Mapped[str] = mapped_column(AreaText())
    kind: Mapped[str]
    status: Mapped[str]
    effective_on: Mapped[date]
    grids: Mapped[list[Any]] = mapped_column(JSONB)  # [{"code", "did": ended | drawn | redrawn, "version", "polygon"}]
    heir: Mapped[str | None] = mapped_column(AreaText())
    proposed: Mapped[int]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]

    def codes(self, did: str) -> list[str]:
        """The grids of which it did this."""
        return [one["code"] for one in self.grids if one["did"] == did]
