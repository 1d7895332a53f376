"""The figures: dated deltas per area, and which aggregates lie in which grid."""

from datetime import date

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.indicators.base import Base
from shared.db.base import AreaText


class Delta(Base):
    """How much a measure changes in an area on a day. A stock on day D is the sum up to D, a flow the sum over days.

    Rows stand for village, town, county and prefecture; a grid's figures are computed on reading. `slot` is the
    generation: a rebuild writes the other one.
    """

    __tablename__ = "deltas"

    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    area: Mapped[str] = mapped_column(AreaText, primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)


class AreaMember(Base):
    """An aggregate that counts in a village, or at a larger area's own level, where its state does not lie now."""

    __tablename__ = "area_members"

    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    area: Mapped[str] = mapped_column(AreaText, primary_key=True)
    noun: Mapped[str] = mapped_column(primary_key=True)
    aggregate: Mapped[str] = mapped_column(primary_key=True)


class GridMember(Base):
    """An aggregate that contributes to a grid's figures."""

    __tablename__ = "grid_members"

    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    grid: Mapped[str] = mapped_column(AreaText, primary_key=True)
    noun: Mapped[str] = mapped_column(primary_key=True)
    aggregate: Mapped[str] = mapped_column(primary_key=True)
