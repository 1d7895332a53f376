"""Table of departures: where somebody stood until a change. The database writes it by a trigger (`person_changed`)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText


class PersonDeparture(Base):
    """Status and places of a person before a change of them, and the transaction that changed them.

    Kept longer than any cursor is good for (`domain.OLDEST`).
    """

    __tablename__ = "person_departures"
    __table_args__: Any = (
        Index("ix_person_departures_person", "person_id", "changed_in"),
        {"info": {"keep_by": "left_at", "keep_days": 92}},
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    changed_in: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"))
    left_at: Mapped[datetime] = mapped_column(server_default=func.now())
    status: Mapped[str]
    residence_area: Mapped[str | None] = mapped_column(AreaText())
    residence_until: Mapped[date | None]
    registration_area: Mapped[str | None] = mapped_column(AreaText())
    registration_until: Mapped[date | None]
