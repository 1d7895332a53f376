"""Tables of administrative areas, province to village, and of their renamings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.areas.domain import LEVELS
from services.registry.base import Base
from shared.db.base import AreaText


class Area(Base):
    """One area. The code is never used again; only the county carries an opening day.

    `closed_until`: the last day of the last month whose books are closed for it, or for an area above it.
    `changed`: the number of its last change among all areas; it grows in the order of commits.
    `residents_moved`: it ended by a change of areas, and whoever belonged to it belongs to its successors.
    `renamed_in`: the transaction in which it got another name, which the database sets itself (`person_syncs`).
    """

    __tablename__ = "areas"
    __table_args__: Any = (
        CheckConstraint(f"length(code) = level AND level IN {LEVELS}", name="level"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("array_to_string(successors, ',') ~ ('^([0-9]{' || level || '}(,|$))*$')", name="successors"),
        Index("ix_areas_parent", "parent"),
        Index("ix_areas_changed", "changed"),
        Index("ix_areas_renamed_in", "renamed_in", postgresql_where=text("renamed_in IS NOT NULL")),
    )

    code: Mapped[str] = mapped_column(AreaText(), primary_key=True)
    name: Mapped[str]
    level: Mapped[int]
    kind: Mapped[str]
    parent: Mapped[str | None] = mapped_column(AreaText())
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successors: Mapped[list[str]] = mapped_column(ARRAY(AreaText()))
    village_type: Mapped[str | None]
    books_opened_on: Mapped[date | None]
    residents_moved: Mapped[bool] = mapped_column(server_default=false())
    closed_until: Mapped[date | None]
    changed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    version: Mapped[int]
    renamed_in: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def id(self) -> str:
        """The code: what names an area on the bus."""
        return self.code


class AreaRenaming(Base):
    """An area that had another name before the day. `area_version`: that which the renaming made of the area."""

    __tablename__ = "area_renamings"
    __table_args__: Any = (CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),)

    area: Mapped[str] = mapped_column(AreaText(), ForeignKey("areas.code"), primary_key=True)
    area_version: Mapped[int] = mapped_column(primary_key=True)
    name_before: Mapped[str]
    name: Mapped[str]
    renamed_on: Mapped[date]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]
