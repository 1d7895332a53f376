"""Tables of contacts of tags, and of every version of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from services.registry.tag_contacts.domain import ContactParty, ContactRelation, ContactStatus, ContactStep, DueReason
from shared.contracts.registry.tags import TagContactRole
from shared.db.base import append_only
from shared.db.row_versions import RowVersionColumns
from shared.db.sealing import sealed


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


VALID = text("status = 'valid'")


class TagContact(Base):
    """A contact of a tag: guardian or responsible person. Name and phone are sealed.

    `person_id`: whose tag it is. `party_id`: who the contact is, if of the register. `subject`: whose account it is.
    `kept_for`: what a clerk has looked after, and the contact goes on. `started_by`: the merge that handed it over.
    """

    __tablename__ = "tag_contacts"
    __table_args__: Any = (
        CheckConstraint(f"role IN ({_listed(TagContactRole)})", name="role"),
        CheckConstraint(f"party IN ({_listed(ContactParty)})", name="party"),
        CheckConstraint(f"relation IN ({_listed(ContactRelation)})", name="relation"),
        CheckConstraint(f"status IN ({_listed(ContactStatus)})", name="status"),
        CheckConstraint(f"kept_for IN ({_listed(DueReason)})", name="kept_for"),
        CheckConstraint("(party = 'person') = (party_id IS NOT NULL)", name="of_register"),
        CheckConstraint("(party = 'account') = (subject IS NOT NULL)", name="of_account"),
        CheckConstraint("party_id <> person_id", name="two"),
        CheckConstraint("status = 'withdrawn' OR (status = 'ended') = (ended_on IS NOT NULL)", name="ended"),
        CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="dates"),
        Index("ix_tag_contacts_tag", "tag_id"),
        Index("ix_tag_contacts_person", "person_id"),
        Index("ix_tag_contacts_party", "party_id"),
        Index("ix_tag_contacts_started_by", "started_by", postgresql_where=text("started_by IS NOT NULL")),
        Index("uq_tag_contacts_party", "tag_id", "role", "party_id", unique=True, postgresql_where=VALID),
        Index("uq_tag_contacts_subject", "tag_id", "role", "subject", unique=True, postgresql_where=VALID),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[str]
    party: Mapped[str]
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    subject: Mapped[str | None]
    relation: Mapped[str]
    contact_sealed: Mapped[bytes] = sealed("tag_contact.contact")
    began_on: Mapped[date]
    ended_on: Mapped[date | None]
    status: Mapped[str]
    kept_for: Mapped[str | None]
    started_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]


class TagContactVersion(RowVersionColumns, Base):
    """What a contact was from a step on."""

    __tablename__ = "tag_contact_versions"
    __table_args__: Any = (CheckConstraint(f"step IN ({_listed(ContactStep)})", name="step"), append_only())

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("tag_contacts.id"), primary_key=True)
    contact_sealed: Mapped[bytes] = sealed("tag_contact.contact", owner="{contact_id}")
