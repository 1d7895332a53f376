"""Effects of cases."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.base import Base
from shared.db.base import AreaText


class CaseEffect(Base):
    """What a granted case asks registry for, and the answer, by the case's id. `heard`: version of the last answer."""

    __tablename__ = "case_effects"
    __table_args__: Any = (
        CheckConstraint("status IN ('asked', 'applied', 'refused')", name="status"),
        CheckConstraint("(status = 'refused') = (code IS NOT NULL)", name="code"),
        CheckConstraint("(status = 'asked') = (answered_at IS NULL)", name="answered"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID]  # owner: registry
    kind: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    starts_on: Mapped[date]
    asked: Mapped[int]
    status: Mapped[str]
    code: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    heard: Mapped[int] = mapped_column(BigInteger)
