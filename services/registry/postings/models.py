"""Table of the population ledger's lines."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText
from shared.reference.areas import VILLAGE_DIGITS


class Posting(Base):
    """One line of the population ledger. Append-only: what was wrong is reversed by another line.

    `late_on`: the first day of the month in which it counts, if its own month was closed when it was entered.
    `elsewhere`: entered by somebody whose scope does not hold the village.
    """

    __tablename__ = "postings"
    __table_args__: Any = (
        CheckConstraint("amount IN (-1, 1)", name="amount"),
        CheckConstraint("book IN ('residence', 'registration')", name="book"),
        CheckConstraint(f"length(area) = {VILLAGE_DIGITS}", name="village"),
        UniqueConstraint("reverses"),
        Index("ix_postings_person", "person_id"),
        Index("ix_postings_area_occurred", "book", "area", "occurred_on"),
        Index("ix_postings_area_posted", "book", "area", "posted_on"),
        {"info": {"append_only": True}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    book: Mapped[str]
    kind: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    amount: Mapped[int]
    occurred_on: Mapped[date]
    posted_on: Mapped[date]
    late_on: Mapped[date | None]
    counterpart: Mapped[str | None] = mapped_column(AreaText())
    reverses: Mapped[UUID | None]
    elsewhere: Mapped[bool] = mapped_column(server_default=false())
    marks: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'"))

    @property
    def version(self) -> int:
        """1 for ever: a line never changes."""
        return 1
