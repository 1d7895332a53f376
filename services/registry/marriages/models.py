"""Tables of marriages, of their steps, and of what they changed in households."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText
from shared.db.sealing import sealed


class Marriage(Base):
    """A marriage. An outside spouse is sealed whole: no column says anything of somebody who is not in the register."""

    __tablename__ = "marriages"
    __table_args__: Any = (
        CheckConstraint("status IN ('married', 'divorced', 'widowed', 'withdrawn')", name="status"),
        CheckConstraint("(spouse_id IS NULL) = (outside_sealed IS NOT NULL)", name="spouse"),
        CheckConstraint("spouse_id <> person_id", name="two"),
        CheckConstraint("outside_died_on IS NULL OR spouse_id IS NULL", name="outside_died"),
        CheckConstraint("ended_on >= married_on AND divorced_on >= married_on", name="dates"),
        CheckConstraint("status <> 'married' OR ended_on IS NULL", name="stands"),
        CheckConstraint("status NOT IN ('divorced', 'widowed') OR ended_on IS NOT NULL", name="ended"),
        Index("ix_marriages_person", "person_id"),
        Index("ix_marriages_spouse", "spouse_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    spouse_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    outside_sealed: Mapped[bytes | None] = sealed("marriage.outside")
    married_on: Mapped[date]
    divorced_on: Mapped[date | None]
    outside_died_on: Mapped[date | None]
    ended_on: Mapped[date | None]


class MarriageStepRecord(Base):
    """A step of a marriage. Append-only. `recorded_by`: None if it followed from a death in the register."""

    __tablename__ = "marriage_steps"
    __table_args__: Any = (
        CheckConstraint("step IN ('registered', 'divorced', 'widowed', 'restored', 'withdrawn')", name="step"),
        {"info": {"append_only": True}},
    )

    marriage_id: Mapped[UUID] = mapped_column(ForeignKey("marriages.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step: Mapped[str]
    occurred_on: Mapped[date]
    reason: Mapped[str | None]
    recorded_by: Mapped[str | None]
    recorded_at: Mapped[datetime]


class MarriageSettlement(Base):
    """What a marriage or divorce changed in a household, in the order in which it was done.

    `event_id`: the life event of who moved to it (`moved`), or the id under which the household's change is kept.
    """

    __tablename__ = "marriage_settlements"
    __table_args__: Any = (
        CheckConstraint("kind IN ('joined', 'founded', 'related')", name="kind"),
        CheckConstraint("(kind = 'related') = (former IS NOT NULL)", name="former"),
        Index("uq_marriage_settlements_event", "event_id", unique=True),
    )

    marriage_id: Mapped[UUID] = mapped_column(ForeignKey("marriages.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by_divorce: Mapped[bool]
    kind: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    event_id: Mapped[UUID]
    moved: Mapped[bool]
    occurred_on: Mapped[date]
    relation: Mapped[str]
    former: Mapped[str | None]
    standing: Mapped[bool]
