"""Tables of transfers, and of who moved by which life event."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.contracts.registry.transfers import TransferStatus
from shared.db.base import AreaText

STATUSES = ", ".join(f"'{status}'" for status in TransferStatus)


class Transfer(Base):
    """A request for a transfer. `area`: the new residence, or else the new registered place.

    `person_id` is no foreign key: its check would make a request that meets somebody wait for whoever holds that row,
    and so tell the asker that there is such a person.
    """

    __tablename__ = "transfers"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("household IN ('legal', 'living')", name="household"),
        CheckConstraint("after_limit IN ('lapse', 'confirm')", name="after_limit"),
        CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(status = 'refused') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("residence_area IS NOT NULL OR registration_area IS NOT NULL", name="place"),
        CheckConstraint("occurred_on <= reported_on", name="dates"),
        Index("ix_transfers_area", "area", "id"),
        Index("ix_transfers_person", "person_id"),
        Index("ix_transfers_left_residence", "left_residence", "id"),
        Index("ix_transfers_left_registration", "left_registration", "id"),
        Index("ix_transfers_due", "due_on", "id", postgresql_where=text("status = 'requested'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    residence_area: Mapped[str | None] = mapped_column(AreaText())
    residence_kind: Mapped[str | None]
    registration_area: Mapped[str | None] = mapped_column(AreaText())
    household: Mapped[str | None]
    occurred_on: Mapped[date]
    reported_on: Mapped[date]
    person_id: Mapped[UUID | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    work_days: Mapped[int]
    after_limit: Mapped[str]
    due_on: Mapped[date]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    left_residence: Mapped[str | None] = mapped_column(AreaText())
    left_registration: Mapped[str | None] = mapped_column(AreaText())
    moved: Mapped[int]
    founded: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))


class TransferMove(Base):
    """Somebody who moved by a transfer, in the order of leaving, and the life event that says so.

    `standing` is false once the event was taken back; one whose day was corrected goes on under its new id.
    """

    __tablename__ = "transfer_moves"
    __table_args__: Any = (Index("uq_transfer_moves_event", "event_id", unique=True),)

    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("transfers.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    event_id: Mapped[UUID]
    standing: Mapped[bool]
