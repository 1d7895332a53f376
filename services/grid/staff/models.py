"""Staff of grids."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Index, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText

GRID: ColumnElement[Any] = literal_column("int8range(grid::bigint, grid::bigint, '[]')")
"""The grid as a range: equal grids overlap, and PostgreSQL needs no extension for it."""
DAYS: ColumnElement[Any] = literal_column("daterange(since, until)")


class GridStaff(Base):
    """An appointment in a grid, from a day until before another one.

    `planned_until`: the end with which it was entered; `former`: grids of before changes of areas.
    """

    __tablename__ = "grid_staff"
    __table_args__: Any = (
        CheckConstraint("post IN ('head', 'worker', 'instructor')", name="post"),
        CheckConstraint("duty IN ('responsible', 'substitute', 'assisting')", name="duty"),
        CheckConstraint("status IN ('standing', 'withdrawn')", name="status"),
        CheckConstraint("(post = 'worker') = (employment IS NOT NULL)", name="employment"),
        CheckConstraint("employment IN ('full_time', 'part_time')", name="employed"),
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        ExcludeConstraint(
            (GRID, "&&"),
            (DAYS, "&&"),
            name="ex_grid_staff_responsible",
            where=text("duty = 'responsible' AND status = 'standing'"),
        ),
        ExcludeConstraint(
            (GRID, "&&"),
            (DAYS, "&&"),
            name="ex_grid_staff_substitute",
            where=text("duty = 'substitute' AND status = 'standing'"),
        ),
        Index("ix_grid_staff_grid", "grid", "id"),
        Index("ix_grid_staff_worker", "worker"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    grid: Mapped[str] = mapped_column(AreaText())
    worker: Mapped[str]
    post: Mapped[str]
    employment: Mapped[str | None]
    duty: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    planned_until: Mapped[date | None]
    status: Mapped[str]
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
