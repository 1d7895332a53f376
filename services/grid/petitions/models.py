"""Petitions and their history."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from services.grid.petitions.domain.rules import PetitionLimits, ends
from services.grid.receptions.models import Reception
from shared.contracts.grid.petitions import PetitionStatus
from shared.db.base import AreaText, append_only
from shared.db.row_versions import RowVersionColumns
from shared.db.sealing import sealed

STATUSES = ", ".join(f"'{status}'" for status in PetitionStatus)
LIMITS = PetitionLimits()


class Petition(Base):
    """A petition as it stands. Who petitions and what for is sealed.

    `person_id`: under which the register knows who petitions, if the office named it. `level`: digits of the office
    that answers; `department`: whom it is assigned to. `told_on`: day on which the answer, or the review after it, was
    delivered; `ask_by`: the last day on which the petitioner asks for the next review. `answered_by`: who entered it.
    """

    __tablename__ = "petitions"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("level IN (6, 9)", name="level"),
        CheckConstraint("people > 0", name="people"),
        CheckConstraint("(form = 'reception') = (reception_id IS NOT NULL)", name="reception"),
        Index("ix_petitions_area", "area", "id"),
        Index("ix_petitions_person", "person_id", postgresql_where=text("person_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    area: Mapped[str] = mapped_column(AreaText())
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    level: Mapped[int] = mapped_column(SmallInteger)
    form: Mapped[str]
    matter: Mapped[str]
    people: Mapped[int]
    reception_id: Mapped[UUID | None] = mapped_column(ForeignKey(Reception.id))
    person_id: Mapped[UUID | None]  # owner: registry
    name: Mapped[bytes] = sealed("petition.name")
    phone: Mapped[bytes | None] = sealed("petition.phone")
    address: Mapped[bytes | None] = sealed("petition.address")
    claim: Mapped[bytes] = sealed("petition.claim")
    status: Mapped[str]
    department: Mapped[str | None]
    registered_on: Mapped[date]
    accepted_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    extended: Mapped[bool] = mapped_column(server_default=text("false"))
    answered_on: Mapped[date | None]
    told_on: Mapped[date | None]
    ask_by: Mapped[date | None]
    outcome: Mapped[str | None]
    answered_by: Mapped[str | None]
    review_asked_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    review_result: Mapped[str | None]
    final_asked_on: Mapped[date | None]
    final_on: Mapped[date | None]
    final_result: Mapped[str | None]
    reopenings: Mapped[int] = mapped_column(server_default=text("0"))

    @hybrid_property
    def office(self) -> str:
        """The area whose office has it: what is answered by the county, no town sees."""
        return self.area[: self.level]

    @office.inplace.expression
    @classmethod
    def _office(cls) -> ColumnElement[str]:
        return func.left(cls.area, cls.level)

    @property
    def act_by(self) -> date | None:
        """The last day for the next thing: of the office, or the petitioner's for asking for the next review."""
        match self.status:
            case PetitionStatus.REGISTERED:
                return ends(self.registered_on, LIMITS.accept)
            case PetitionStatus.ACCEPTED | PetitionStatus.ASSIGNED:
                return self.answer_by
            case PetitionStatus.ANSWERED | PetitionStatus.REVIEWED:
                return self.ask_by or (None if self.told_on is None else ends(self.told_on, LIMITS.ask))
            case PetitionStatus.UNDER_REVIEW:
                return None if self.review_asked_on is None else ends(self.review_asked_on, LIMITS.review)
            case PetitionStatus.UNDER_FINAL_REVIEW:
                return None if self.final_asked_on is None else ends(self.final_asked_on, LIMITS.review)
            case _:
                return None


class PetitionVersion(RowVersionColumns, Base):
    """What a petition was from a step on. `reason`: a code; `note` is sealed."""

    __tablename__ = "petition_versions"
    __table_args__: Any = append_only()

    petition_id: Mapped[UUID] = mapped_column(ForeignKey("petitions.id"), primary_key=True)
    reason: Mapped[str | None]
    note: Mapped[bytes | None] = sealed("petition_step.note", owner="{petition_id}:{version}")
