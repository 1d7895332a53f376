"""Tables of checksums (核验和) and of the questions about them. Their DDL is in `schema`."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase


class Checksum(KitBase):
    """What this service announced last of the states that it holds of a noun of its own."""

    __tablename__ = "checksums"

    noun: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime]
    counts: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    sums: Mapped[list[str]] = mapped_column(ARRAY(TEXT()))
    run: Mapped[int | None] = mapped_column(BigInteger)
    reader: Mapped[str | None]
    buckets: Mapped[list[int]] = mapped_column(ARRAY(Integer))

    @property
    def id(self) -> str:
        return self.noun


class ComparisonDue(KitBase):
    """A noun whose owner has said what it holds, and that is to be compared. `tries`: how often it differed already."""

    __tablename__ = "comparisons_due"

    noun: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    tries: Mapped[int]


class ChecksumQuestion(KitBase):
    """What this service asked last of a noun of another one. `answered_at`: when what came again had been judged."""

    __tablename__ = "checksum_questions"

    noun: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    buckets: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    answered_at: Mapped[datetime | None]

    @property
    def id(self) -> str:
        return self.noun
