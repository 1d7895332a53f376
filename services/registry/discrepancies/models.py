"""Table of discrepancies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText
from shared.db.sealing import sealed
from shared.reference.areas import VILLAGE_DIGITS


class Discrepancy(Base):
    """A village whose ledger and whose persons say different numbers in a book; one at a time for each of both.

    `month`: of a closed month, whose lines say another number (`ledger`) than what was frozen (`stock`).
    """

    __tablename__ = "discrepancies"
    __table_args__: Any = (
        CheckConstraint("status IN ('open', 'explained', 'gone')", name="status"),
        CheckConstraint("book IN ('residence', 'registration')", name="book"),
        CheckConstraint(f"length(area) = {VILLAGE_DIGITS}", name="village"),
        CheckConstraint("ledger <> stock", name="differ"),
        Index(
            "uq_discrepancies_at_work",
            "area",
            "book",
            "month",
            unique=True,
            postgresql_where=text("status <> 'gone'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_discrepancies_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    area: Mapped[str] = mapped_column(AreaText())
    book: Mapped[str]
    ledger: Mapped[int]
    stock: Mapped[int]
    status: Mapped[str]
    found_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    month: Mapped[str | None]
    explained_by: Mapped[str | None]
    note_sealed: Mapped[bytes | None] = sealed("discrepancy.note")
