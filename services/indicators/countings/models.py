"""Table of counting rules."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.indicators.base import Base


class Counting(Base):
    """A counting rule in force in one generation. `after`: the states of its noun up to this id are counted by it.

    The consumer counts a changed state by a rule if the rule is `complete` or has passed its id; what lies behind it
    is counted by the filling, in the order of the ids. So each state is counted by each rule once.
    """

    __tablename__ = "countings"
    __table_args__ = (
        CheckConstraint("form IN ('stock', 'flow', 'duration')", name="form"),
        Index("ix_countings_noun", "slot", "noun"),
    )

    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    noun: Mapped[str]
    form: Mapped[str]
    counted: Mapped[dict[str, Any]]
    scale: Mapped[int] = mapped_column(SmallInteger)
    guarded: Mapped[bool]
    after: Mapped[str]
    complete: Mapped[bool]
