"""Table of announced values: gives each announcement its version."""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.indicators.base import Base
from shared.db.base import AreaText


class AnnouncedValue(Base):
    """One indicator of one area on one day as it was last announced. `id` is `<area>:<code>:<day>`."""

    __tablename__ = "announced_values"

    id: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(AreaText)
    code: Mapped[str]
    definition_version: Mapped[int]
    day: Mapped[date]
    value: Mapped[int] = mapped_column(BigInteger)
    base: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)
    counted_at: Mapped[datetime]
