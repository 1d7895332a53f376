"""Tables of consents, of every version of them, and of the ids under which they are counted."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from services.registry.consents.domain import ConsentReason, ConsentStep, GuardianBasis
from shared.contracts.registry.consents import ConsentGiver, ConsentGroup, ConsentPurpose, ConsentStatus, ConsentWay
from shared.db.base import append_only
from shared.db.row_versions import RowVersionColumns
from shared.db.sealing import sealed


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class Consent(Base):
    """A consent of a person to one purpose. It holds from `given_on` until `until` or `ended_on`, the earlier one."""

    __tablename__ = "consents"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({_listed(ConsentStatus)})", name="status"),
        CheckConstraint(f"purpose IN ({_listed(ConsentPurpose)})", name="purpose"),
        CheckConstraint(f"groups <@ ARRAY[{_listed(ConsentGroup)}] AND cardinality(groups) > 0", name="groups"),
        CheckConstraint(f"giver IN ({_listed(ConsentGiver)})", name="giver"),
        CheckConstraint(f"basis IN ({_listed(GuardianBasis)})", name="basis"),
        CheckConstraint(f"way IN ({_listed(ConsentWay)})", name="way"),
        CheckConstraint("(giver = 'person') = (num_nonnulls(guardian_id, contact_id) = 0)", name="guardian"),
        CheckConstraint("(giver = 'person') = (basis IS NULL)", name="known_by"),
        CheckConstraint("guardian_id <> person_id", name="two"),
        CheckConstraint(
            "status = 'annulled' OR (status IN ('withdrawn', 'ended')) = (ended_on IS NOT NULL)", name="ended"
        ),
        CheckConstraint("until > given_on", name="term"),
        CheckConstraint("ended_on >= given_on", name="dates"),
        Index("ix_consents_person", "person_id"),
        Index("ix_consents_purpose", "purpose", "id"),
        Index("ix_consents_started_by", "started_by", postgresql_where=text("started_by IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    purpose: Mapped[str]
    groups: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    giver: Mapped[str]
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("tag_contacts.id"))
    basis: Mapped[str | None]
    way: Mapped[str]
    given_on: Mapped[date]
    until: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_by: Mapped[UUID | None]
    started_by: Mapped[UUID | None]
    handed_from: Mapped[UUID | None] = mapped_column(ForeignKey("consents.id"))
    recorded_at: Mapped[datetime]


class ConsentVersion(RowVersionColumns, Base):
    """What a consent was from a step on, and by what the step was done.

    `way`: how; null for what followed from something else. `proof_id`: by which proof at a counter. `reason`: why
    something was taken back. `reference_sealed`: number of the paper.
    """

    __tablename__ = "consent_versions"
    __table_args__: Any = (
        CheckConstraint(f"step IN ({_listed(ConsentStep)})", name="step"),
        CheckConstraint(f"way IN ({_listed(ConsentWay)})", name="way"),
        CheckConstraint(f"reason IN ({_listed(ConsentReason)})", name="reason"),
        append_only(),
    )

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"), primary_key=True)
    way: Mapped[str | None]
    proof_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    reference_sealed: Mapped[bytes | None] = sealed("consent.reference", owner="{consent_id}", nullable=True)


class ConsentCount(Base):
    """The id under which a consent is counted, and how often that was announced.

    It is no id of the consent: whoever reads what counts learns of nobody.
    """

    __tablename__ = "consent_counts"
    __table_args__: Any = (Index("uq_consent_counts_consent", "consent_id", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"))
