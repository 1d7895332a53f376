"""Residence proposals."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.db.base import AreaText


class ResidenceProposal(Base):
    """A proposal and its answer. `cause`: the version of the origin by which nobody lives there as before.

    `asked_by`: whoever named the grid; null for one that follows from a rule.
    """

    __tablename__ = "residence_proposals"
    __table_args__: Any = (
        CheckConstraint("status IN ('asked', 'applied', 'refused')", name="status"),
        CheckConstraint("rule IN ('heir', 'located', 'named', 'undone')", name="rule"),
        CheckConstraint("(status = 'refused') = (code IS NOT NULL)", name="code"),
        CheckConstraint("(status = 'asked') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("origin <> target AND left(origin, 12) = left(target, 12)", name="grids"),
        UniqueConstraint("person_id", "origin", "cause", name="uq_residence_proposals_once"),
        Index("ix_residence_proposals_target", "target", "id"),
        Index("ix_residence_proposals_change", "change_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID]  # owner: registry
    origin: Mapped[str] = mapped_column(AreaText())
    cause: Mapped[int] = mapped_column(BigInteger)
    target: Mapped[str] = mapped_column(AreaText())
    target_version: Mapped[int] = mapped_column(BigInteger)
    effective_on: Mapped[date]
    rule: Mapped[str]
    change_id: Mapped[UUID | None]
    follows: Mapped[UUID | None]
    asked: Mapped[int]
    status: Mapped[str]
    code: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    asked_by: Mapped[str | None]
    asked_at: Mapped[datetime]
