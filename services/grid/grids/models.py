"""Grids with their polygons, and the borders that they had."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText


class Grid(Base):
    """One grid. `changed` is the number of its last change among all grids; it grows in the order of commits.

    `villagers_group`: number of the villagers' group whose ground it is. `heir`: of a closed grid, the grid in which
    those of its residents live of whom nothing else was said. `recoded_by`: the change of areas by which its successor
    is the same grid under another code.
    """

    __tablename__ = "grids"
    __table_args__: Any = (
        CheckConstraint("length(code) = 15 AND village = left(code, 12)", name="code"),
        CheckConstraint("kind IN ('comprehensive', 'dedicated', 'micro')", name="kind"),
        CheckConstraint("net IN ('committees', 'quarters', 'organisations')", name="net"),
        CheckConstraint("villagers_group > 0", name="villagers_group"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("heir IS NULL OR valid_to IS NOT NULL", name="heir"),
        Index("ix_grids_changed", "changed"),
        Index("ix_grids_open_box", "kind", "west", "east", postgresql_where=text("valid_to IS NULL")),
    )

    code: Mapped[str] = mapped_column(AreaText(), primary_key=True)
    village: Mapped[str] = mapped_column(AreaText())
    kind: Mapped[str]
    net: Mapped[str] = mapped_column(server_default=text("'committees'"))
    name: Mapped[str | None]
    villagers_group: Mapped[int | None]
    polygon: Mapped[list[Any]]  # [[longitude, latitude], …], the first repeated last
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    synthetic: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successors: Mapped[list[str]] = mapped_column(ARRAY(AreaText()))
    heir: Mapped[str | None] = mapped_column(AreaText())
    recoded_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(BigInteger)
    changed: Mapped[int] = mapped_column(BigInteger)

    @property
    def id(self) -> str:
        """The code is the identity: it is never used twice."""
        return self.code


class GridBorder(Base):
    """A border that a grid had from a day on: drawn, or drawn anew. `version`: of the grid, with which it came.

    `coordinate_system` and `accuracy`: in which it came in, and the metres that its conversion may have added.
    `stands`: false once the change that brought it was undone.
    """

    __tablename__ = "grid_borders"

    code: Mapped[str] = mapped_column(AreaText(), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since: Mapped[date]
    polygon: Mapped[list[Any]]
    coordinate_system: Mapped[str]
    accuracy: Mapped[float]
    change_id: Mapped[UUID | None]
    stands: Mapped[bool] = mapped_column(server_default=text("true"))
    drawn_by: Mapped[str | None]
    drawn_at: Mapped[datetime | None]
