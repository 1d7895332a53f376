"""Tables of terms, and of every version of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from services.registry.terms.domain import SINGLE, Post, Subordinate, TermEnd, TermStatus, TermStep, TermWay
from shared.db.base import AreaText, append_only
from shared.db.row_versions import RowVersionColumns
from shared.db.sealing import sealed


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class Term(Base):
    """A term of somebody in a post of a village or grid. Name, sex and phone of the holder are sealed.

    `person_id`: the holder, if of the register. `until`: day on which it is over as foreseen. `ended_by`: the change of
    areas with which it ended. `former`: where it was before changes of areas, each until a day.
    """

    __tablename__ = "terms"
    __table_args__: Any = (
        CheckConstraint(f"post IN ({_listed(Post)})", name="post"),
        CheckConstraint(f"committee IN ({_listed(Subordinate)})", name="committee"),
        CheckConstraint("group_number BETWEEN 1 AND 999", name="group_number"),
        CheckConstraint(f"way IN ({_listed(TermWay)})", name="way"),
        CheckConstraint(f"end_reason IN ({_listed(TermEnd)})", name="end_reason"),
        CheckConstraint(f"status IN ({_listed(TermStatus)})", name="status"),
        CheckConstraint("status = 'withdrawn' OR (status = 'left') = (ended_on IS NOT NULL)", name="ended"),
        CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="dates"),
        CheckConstraint("until IS NULL OR until > began_on", name="until"),
        Index("ix_terms_area_id", "area", "id"),
        Index(
            "uq_terms_single",
            "area",
            "post",
            text("coalesce(committee, '')"),
            text("coalesce(group_number, 0)"),
            unique=True,
            postgresql_where=text(f"status = 'in_office' AND post IN ({_listed(SINGLE)})"),
        ),
        Index(
            "uq_terms_holder",
            "area",
            "post",
            text("coalesce(committee, '')"),
            text("coalesce(group_number, 0)"),
            "person_id",
            unique=True,
            postgresql_where=text("status = 'in_office' AND person_id IS NOT NULL"),
        ),
        Index("ix_terms_person", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    area: Mapped[str] = mapped_column(AreaText())
    post: Mapped[str]
    committee: Mapped[str | None]
    group_number: Mapped[int | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    holder_sealed: Mapped[bytes] = sealed("term.holder")
    way: Mapped[str]
    began_on: Mapped[date]
    until: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]
    status: Mapped[str]
    ended_by: Mapped[UUID | None]
    former: Mapped[list[Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]


class TermVersion(RowVersionColumns, Base):
    """What a term was from a step on."""

    __tablename__ = "term_versions"
    __table_args__: Any = (CheckConstraint(f"step IN ({_listed(TermStep)})", name="step"), append_only())

    term_id: Mapped[UUID] = mapped_column(ForeignKey("terms.id"), primary_key=True)
    holder_sealed: Mapped[bytes] = sealed("term.holder", owner="{term_id}")
