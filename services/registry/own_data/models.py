"""Table of copies that were given to persons."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText


class PersonCopy(Base):
    """That a copy was given, to whom and where: nothing of what was in it."""

    __tablename__ = "person_copies"
    __table_args__: Any = (Index("ix_person_copies_person", "person_id", "id"), {"info": {"append_only": True}})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    role: Mapped[str | None]
    place: Mapped[str | None] = mapped_column(AreaText())
    proof_id: Mapped[UUID | None]
