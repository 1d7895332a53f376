"""Tables of ratings and of the links by which they are given."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.base import Base
from shared.contracts.services_hall.ratings import RatingChannel, RatingContact, RatingStatus
from shared.db.base import AreaText
from shared.db.sealing import sealed


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class RatingLink(Base):
    """The link of a contact (评价链接): the token is signed and kept nowhere. `version`: the last one alone serves."""

    __tablename__ = "rating_links"
    __table_args__: Any = (
        UniqueConstraint("case_id", "contact"),
        CheckConstraint(f"contact IN ({_listed(RatingContact)})", name="contact"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    contact: Mapped[str]
    ends_at: Mapped[datetime]
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]


class Rating(Base):
    """A rating. `remark` is sealed; empty once it was erased. `entered_by`: who entered it; null if it came by a link.

    A contact has one that was not withdrawn.
    """

    __tablename__ = "ratings"
    __table_args__: Any = (
        CheckConstraint(f"contact IN ({_listed(RatingContact)})", name="contact"),
        CheckConstraint(f"channel_used IN ({_listed(RatingChannel)})", name="channel_used"),
        CheckConstraint(f"status IN ({_listed(RatingStatus)})", name="status"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("(channel_used = 'link') = (entered_by IS NULL)", name="entered"),
        Index("uq_ratings_contact", "case_id", "contact", unique=True, postgresql_where=text("status <> 'withdrawn'")),
        Index("ix_ratings_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    area: Mapped[str] = mapped_column(AreaText)
    department: Mapped[str]
    category: Mapped[str]
    contact: Mapped[str]
    contact_on: Mapped[date]
    channel_used: Mapped[str]
    level: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    remark: Mapped[bytes | None] = sealed("ratings.remark")
    rated_on: Mapped[date]
    status: Mapped[str]
    given_at: Mapped[datetime]
    entered_by: Mapped[str | None]
    changed_by: Mapped[str | None]
