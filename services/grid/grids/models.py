"""Grids with their polygons."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText


class Grid(Base):
    """One grid. `changed` is the number of its last change among all grids; it grows in the order of commits.

    `recoded_by`: the change of areas by which its successor is the same grid under another code.
    """

    __tablename__ = "grids"
    __table_args__: Any = (
        CheckConstraint("length(code) = 15 AND village = left(code, 12)", name="code"),
        CheckConstraint("kind IN ('comprehensive', 'dedicated', 'micro')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        Index("ix_grids_changed", "changed"),
        Index("ix_grids_open_box", "kind", "west", "east", postgresql_where=text("valid_to IS NULL")),
    )

    code: Mapped[str] = mapped_column(AreaText(), primary_key=True)
    village: Mapped[str] = mapped_column(AreaText())
    kind: Mapped[str]
    polygon: Mapped[list[Any]]  # [[longitude, latitude], …], the first repeated last
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    synthetic: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successors: Mapped[list[str]] = mapped_column(ARRAY(AreaText()))
    recoded_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(BigInteger)
    changed: Mapped[int] = mapped_column(BigInteger)

    @property
    def id(self) -> str:
        """The code is the identity: it is never used twice."""
        return self.code
