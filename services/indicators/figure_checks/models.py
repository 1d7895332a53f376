"""Tables of checks of figures."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from services.indicators.base import Base
from shared.db.base import AreaText


class FigureCheck(Base):
    """The last check, one row. `after`: the last area that was looked at, in the order of the codes."""

    __tablename__ = "figure_checks"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    after: Mapped[str] = mapped_column(AreaText)
    areas: Mapped[int] = mapped_column(Integer)


class FigureDifference(Base):
    """A measure of which something else is stored in an area than its parts or its states come to."""

    __tablename__ = "figure_differences"
    __table_args__ = (
        Index(
            "uq_figure_differences_standing",
            "area",
            "measure",
            "dimension",
            unique=True,
            postgresql_where=text("mended_at IS NULL"),
        ),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    area: Mapped[str] = mapped_column(AreaText)
    measure: Mapped[str]
    dimension: Mapped[str]
    days: Mapped[int] = mapped_column(Integer)
    restricted: Mapped[bool]
    found_at: Mapped[datetime]
    mended_at: Mapped[datetime | None]
