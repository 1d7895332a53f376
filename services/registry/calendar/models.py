"""Working-day exceptions by year."""

from datetime import date

from sqlalchemy import ARRAY, Date
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base


class CalendarYear(Base):
    """Exceptions of one year; replaced as a whole by the notice of the year."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holidays: Mapped[list[date]] = mapped_column(ARRAY(Date()))
    working_weekends: Mapped[list[date]] = mapped_column(ARRAY(Date()))
    provisional: Mapped[bool]
    source: Mapped[str]
    version: Mapped[int]

    @property
    def id(self) -> str:
        """The year as text: what names it on the bus."""
        return str(self.year)
