"""Units that handle incidents."""

from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText


class HandlingUnit(Base):
    """A department's or committee's unit; it serves its area and everything below.

    `former`: which areas it served before changes of areas, oldest first; of two alike one is active no more.
    """

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("area", "department", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(AreaText())
    department: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool]
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
