"""Tables of originals in custody and of every version of them, which is the chain of custody."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.agents.models import listed
from services.services_hall.base import Base
from services.services_hall.originals.domain import OUT, OriginalKind, OriginalStep
from shared.contracts.services_hall.originals import OriginalStatus
from shared.db.base import AreaText, append_only
from shared.db.stepped_rows import StepVersionColumns

ANSWERED_FOR = listed(sorted(OUT))


class Original(Base):
    """An original that an applicant gave out of hand. `holder`: the login that answers for it, alone.

    `sent_area`, `sent_department`: the office to which it is on its way; `material`: which of the item's materials it
    is, from 1.
    """

    __tablename__ = "originals"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({listed(OriginalStatus)})", name="status"),
        CheckConstraint(f"kind IN ({listed(OriginalKind)})", name="kind"),
        CheckConstraint(f"(status IN ({ANSWERED_FOR})) = (holder IS NOT NULL)", name="holder"),
        CheckConstraint("num_nonnulls(holder, holder_area, holder_department) IN (0, 3)", name="holder_place"),
        CheckConstraint("(status = 'sent') = (sent_area IS NOT NULL)", name="sent"),
        CheckConstraint("num_nonnulls(sent_area, sent_department) IN (0, 2)", name="sent_place"),
        CheckConstraint("(status = 'returned') = (returned_on IS NOT NULL)", name="returned"),
        CheckConstraint("(status = 'lost') = (lost_on IS NOT NULL)", name="lost"),
        Index("ix_originals_area", "area", "id"),
        Index("ix_originals_agency_id", "agency_id"),
        Index("ix_originals_case_id", "case_id"),
        Index("ix_originals_holder", "holder", postgresql_where=text("holder IS NOT NULL")),
        Index("ix_originals_holder_area", "holder_area", "id", postgresql_where=text("holder_area IS NOT NULL")),
        Index("ix_originals_sent_area", "sent_area", "id", postgresql_where=text("sent_area IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText)
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    department: Mapped[str]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    material: Mapped[int | None]
    holder: Mapped[str | None]
    holder_area: Mapped[str | None] = mapped_column(AreaText)
    holder_department: Mapped[str | None]
    sent_area: Mapped[str | None] = mapped_column(AreaText)
    sent_department: Mapped[str | None]
    hand_overs: Mapped[int] = mapped_column(default=0, server_default="0")
    received_at: Mapped[datetime]
    received_by: Mapped[str]
    returned_on: Mapped[date | None]
    recipient: Mapped[str | None]
    lost_on: Mapped[date | None]
    told_on: Mapped[date | None]


class OriginalVersion(StepVersionColumns, Base):
    """What an original was from a step on, and who had it."""

    __tablename__ = "original_versions"
    __table_args__: Any = (CheckConstraint(f"step IN ({listed(OriginalStep)})", name="step"), append_only())

    original_id: Mapped[UUID] = mapped_column(ForeignKey("originals.id"), primary_key=True)
