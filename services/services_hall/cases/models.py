"""Cases, the steps they took, the persons in them, the desks they wait at, and the daily serials of their numbers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from services.services_hall.base import Base
from shared.contracts.services_hall.cases import CaseStatus
from shared.db.base import AreaText, append_only
from shared.db.sealing import blind, sealed

STATUSES = ", ".join(f"'{status}'" for status in CaseStatus)
WAITING = "'draft', 'received', 'supplement'"
"""Statuses that time ends."""
ASSIGNED = "assigned_to IS NOT NULL"


def _listed() -> MappedColumn[list[Any]]:
    return mapped_column(JSONB, default=list, server_default=text("'[]'"))


class Case(Base):
    """One case. `person_id` belongs to registry: kept, indexed, no foreign key. `department` is the item's.

    `former`: areas of its counter before changes of areas, with the first day on which it was there no longer.
    `held_area`, `held_department`, `held_centre`: where the file lies; null at its counter. `sent`: to whom it is on
    its way. `materials`, by number: what is said of each; `parties`: persons beside the applicant, by id; `pauses`,
    `consents`, `handovers`: oldest first; `marks`: what was sent back to be mended; `notice`: what was told as missing.
    `effect_area`, `effect_on`: place and first day of what it changes in the register, as entered; null: as its item
    says.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("number"),
        ForeignKeyConstraint(["item_id", "item_version"], ["item_versions.item_id", "item_versions.number"]),
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("number IS NOT NULL OR submitted_at IS NULL", name="numbered"),
        Index("ix_cases_area_id", "area", "id"),
        Index("ix_cases_department_area_id", "department", "area", "id"),
        Index("ix_cases_person_id", "person_id"),
        Index("ix_cases_provisional", "id", postgresql_where=text("due_provisional")),
        Index("ix_cases_held", "held_area", "id", postgresql_where=text("held_area IS NOT NULL")),
        Index("ix_cases_waiting", "status", "id", postgresql_where=text(f"status IN ({WAITING})")),
        Index("ix_cases_due_on", "due_on", "id", postgresql_where=text("status IN ('accepted', 'in_review')")),
        Index("ix_cases_step_due_on", "step_due_on", "id", postgresql_where=text("status = 'in_review'")),
        Index("ix_cases_deliver_by", "deliver_by", "id", postgresql_where=text("status IN ('decided', 'closed')")),
        Index("ix_cases_promised_on", "promised_on", "id", postgresql_where=text("promised_on IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    number: Mapped[str | None]
    item_id: Mapped[UUID]
    item_version: Mapped[int]
    department: Mapped[str]
    category: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText)
    person_id: Mapped[UUID | None]
    needs_guardian: Mapped[bool] = mapped_column(server_default="false")
    status: Mapped[str]
    drafted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str]
    received_at: Mapped[datetime | None]
    notified_at: Mapped[datetime | None]
    supply_until: Mapped[date | None]
    supplied_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    deemed: Mapped[bool] = mapped_column(server_default="false")
    refused_at: Mapped[datetime | None]
    competent_department: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    granted: Mapped[bool | None]
    deliver_by: Mapped[date | None]
    review_until: Mapped[date | None]
    suit_until: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    retention: Mapped[str | None]
    promised_days: Mapped[int]
    extended_days: Mapped[int] = mapped_column(server_default="0")
    due_on: Mapped[date | None]
    due_provisional: Mapped[bool] = mapped_column(server_default="false")
    step: Mapped[int | None]
    step_days: Mapped[int | None]
    step_began_on: Mapped[date | None]
    step_due_on: Mapped[date | None]
    returns: Mapped[int] = mapped_column(server_default="0")
    paused_at: Mapped[datetime | None]
    deferred: Mapped[int] = mapped_column(server_default="0")
    promised_on: Mapped[date | None]
    effect_area: Mapped[str | None] = mapped_column(AreaText)
    effect_on: Mapped[date | None]
    held_area: Mapped[str | None] = mapped_column(AreaText)
    held_department: Mapped[str | None]
    held_centre: Mapped[str | None]
    sent: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    notice: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    delivery: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    materials: Mapped[list[Any]] = _listed()
    parties: Mapped[list[Any]] = _listed()
    pauses: Mapped[list[Any]] = _listed()
    consents: Mapped[list[Any]] = _listed()
    handovers: Mapped[list[Any]] = _listed()
    marks: Mapped[list[Any]] = _listed()
    former: Mapped[list[Any]] = _listed()

    @property
    def place(self) -> tuple[str, str]:
        """Area and department where the file lies."""
        return self.held_area or self.area, self.held_department or self.department


class CaseStep(Base):
    """Who moved a case, when, and with which coded reason. Never changed.

    `content`: what the case was from this step on; null in rows from before the column. `before`: the version that an
    undo brings back, `last`: the action that it takes back; both null if there is none. `undoes`: of an undo, the
    version of the step that it took back.
    """

    __tablename__ = "case_steps"
    __table_args__ = append_only()

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str | None]
    before: Mapped[int | None]
    last: Mapped[str | None]
    undoes: Mapped[int | None]
    department: Mapped[str | None]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    @property
    def due_on(self) -> str | None:
        """The due date from this step on; None if there is none, and in rows from before the column."""
        return None if self.content is None else self.content["due_on"]


class Applicant(Base):
    """Applicant as the extract attests or as typed at the counter, sealed under the hall's own keys.

    One extract serves one case. `extract_id`: null for who was typed, and in rows from before the column. `digested`:
    whether the number has its digests; rows from before those get them by and by.
    """

    __tablename__ = "applicants"
    __table_args__ = (
        UniqueConstraint("extract_id"),
        Index("ix_applicants_undigested", "case_id", postgresql_where=text("NOT digested")),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    extract_id: Mapped[UUID | None]
    consent: Mapped[str | None]
    snapshot: Mapped[bytes] = sealed("applicants.snapshot", owner="{case_id}")
    digested: Mapped[bool] = mapped_column(default=True, server_default="false")


class CaseParty(Base):
    """Somebody in a case beside the applicant, sealed. Which of them count now stands in the case's `parties`.

    `removed_at`: since when the case names this one no more, until somebody takes that back.
    """

    __tablename__ = "case_parties"
    __table_args__ = (
        UniqueConstraint("extract_id"),
        Index("ix_case_parties_case_id", "case_id"),
        Index("ix_case_parties_undigested", "id", postgresql_where=text("NOT digested")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    extract_id: Mapped[UUID | None]
    snapshot: Mapped[bytes] = sealed("case_parties.snapshot")
    removed_at: Mapped[datetime | None]
    digested: Mapped[bool] = mapped_column(default=True, server_default="false")


class CaseDigest(Base):
    """Blind index of the document number of somebody in a case, under each index key in use.

    By it alone is somebody found who was typed at a counter. `holder`: the case of an applicant, else the party;
    `person_id`: who of the register it is, by an extract, or because an extract named the same number. Without
    personal data left in the row of the holder there is none.
    """

    __tablename__ = "case_digests"
    __table_args__ = (
        Index("ix_case_digests_digest", "digest"),
        Index("ix_case_digests_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
    )

    holder: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = blind("holder")
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID | None]


class CaseDesk(Base):
    """A task (待办件): a case that waits at a desk, where its file lies, where it was sent, where consent is asked.

    `post`: whose turn it is; null in rows from before the column until they are made anew. `ends_on`: last day of what
    runs; 9999-12-31 if nothing does. `assigned_to`: the officer who works on it; null: whoever comes first.
    `stands_in`: the absence by which it was handed over. A task of another post, or elsewhere, is another task.
    """

    __tablename__ = "case_desks"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint("(assigned_to IS NULL) = (assigned_at IS NULL)", name="assigned"),
        CheckConstraint("stands_in IS NULL OR assigned_to IS NOT NULL", name="stands_in"),
        Index("ix_case_desks_area", "area", "kind"),
        Index("ix_case_desks_worklist", "area", "ends_on", "id"),
        Index("ix_case_desks_ends_on", "ends_on", "id"),
        Index("ix_case_desks_assigned_to", "assigned_to", "ends_on", "id", postgresql_where=text(ASSIGNED)),
        Index("ix_case_desks_stands_in", "stands_in", postgresql_where=text("stands_in IS NOT NULL")),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(AreaText, primary_key=True)
    department: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    version: Mapped[int] = mapped_column(server_default="1")
    post: Mapped[str | None]
    ends_on: Mapped[date] = mapped_column(server_default="9999-12-31")
    waits_since: Mapped[datetime | None]
    assigned_to: Mapped[str | None]
    assigned_by: Mapped[str | None]
    assigned_at: Mapped[datetime | None]
    stands_in: Mapped[UUID | None]


class CaseSerial(Base):
    """The last serial given to an item's cases on a day."""

    __tablename__ = "case_serials"

    item_code: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
