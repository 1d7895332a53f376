"""Receptions by leaders."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText
from shared.db.sealing import sealed


class Reception(Base):
    """A place in the roster: who receives where. `name` is sealed, and told to everybody while the roster holds it.

    `post`: of the leader, in words; `venue` likewise. `begins`, `ends`: HH:MM in Shanghai. `former`: of what area it
    was before changes of areas. `moved`: one took it along once, so that the same post may receive there twice.
    """

    __tablename__ = "receptions"
    __table_args__: Any = (
        CheckConstraint("status IN ('planned', 'held', 'cancelled')", name="status"),
        CheckConstraint("begins < ends", name="hours"),
        Index(
            "uq_receptions_one",
            "area",
            "received_on",
            "post",
            unique=True,
            postgresql_where=text("status <> 'cancelled' AND NOT moved"),
        ),
        Index("ix_receptions_day", "received_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    area: Mapped[str] = mapped_column(AreaText())
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    moved: Mapped[bool] = mapped_column(server_default=text("false"))
    received_on: Mapped[date]
    begins: Mapped[str]
    ends: Mapped[str]
    venue: Mapped[str]
    post: Mapped[str]
    name: Mapped[bytes] = sealed("reception.name")
    status: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
