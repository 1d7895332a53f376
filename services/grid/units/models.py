"""Units that handle incidents."""

from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText


class HandlingUnit(Base):
    """A department's or committee's unit; it serves its area and everything below."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("area", "department", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(AreaText())
    department: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool]
