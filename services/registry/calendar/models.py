"""Working-day exceptions by year."""

from datetime import date

from sqlalchemy import ARRAY, Date, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base


class CalendarYear(Base):
    """Exceptions of one year; replaced as a whole by the notice of the year.

    The notice of the next year may move days of this one (调休), too. They are kept apart, so that either notice can be
    published again without the other; where both name a day, the later notice holds.
    """

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    own_holidays: Mapped[list[date]] = mapped_column("holidays", ARRAY(Date()))
    own_working_weekends: Mapped[list[date]] = mapped_column("working_weekends", ARRAY(Date()))
    next_holidays: Mapped[list[date]] = mapped_column(ARRAY(Date()), server_default=text("'{}'"), default=list)
    next_working_weekends: Mapped[list[date]] = mapped_column(ARRAY(Date()), server_default=text("'{}'"), default=list)
    provisional: Mapped[bool]
    source: Mapped[str]
    version: Mapped[int]

    @property
    def holidays(self) -> list[date]:
        """Days off, by both notices."""
        return sorted({*self.own_holidays, *self.next_holidays} - {*self.next_working_weekends})

    @property
    def working_weekends(self) -> list[date]:
        """Saturdays and Sundays that are worked, by both notices."""
        return sorted({*self.own_working_weekends, *self.next_working_weekends} - {*self.next_holidays})

    @property
    def by_next_notice(self) -> list[date]:
        """What of them the notice of the next year says."""
        return sorted({*self.next_holidays, *self.next_working_weekends})

    @property
    def id(self) -> str:
        """The year as text: what names it on the bus."""
        return str(self.year)
