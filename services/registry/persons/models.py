"""Tables of persons and of what they are searched by."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText
from shared.db.sealing import blind, sealed
from shared.reference.areas import VILLAGE_DIGITS


class Person(Base):
    """A person. Personal fields are sealed one by one; spans are what the life events add up to.

    `residence_area` and `registration_area` put the person into a scope: the last ones in the county, whether they have
    ended (`…_until`) or not, or else the last one elsewhere; one of both is in the county, or nobody would see the
    person. One row has one residence: nobody lives in two villages.
    `masked_sealed` is what most readers are shown: the fields themselves stay shut.
    `compared_at`: when duplicates of the person were looked for; null until then, and after a correction or return.
    `erased_at`: when the personal fields were erased; the row stays, for books and figures.
    `changed_in`: the transaction of the last change, which the database sets itself (`person_syncs`).
    """

    __tablename__ = "persons"
    __table_args__: Any = (
        CheckConstraint(
            "status IN ('active', 'moved_out', 'deceased', 'missing', 'merged', 'annulled')", name="status"
        ),
        CheckConstraint("sex IN ('0', '1', '2', '9')", name="sex"),
        CheckConstraint("residence_area IS NOT NULL OR registration_area IS NOT NULL", name="belongs"),
        CheckConstraint(
            f"coalesce(length(residence_area), 0) >= {VILLAGE_DIGITS}"
            f" OR coalesce(length(registration_area), 0) >= {VILLAGE_DIGITS}",
            name="held",
        ),
        CheckConstraint("(status = 'deceased') = (died_on IS NOT NULL)", name="died"),
        CheckConstraint("(status = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        CheckConstraint("(undocumented_reason IS NULL) = (undocumented_due_on IS NULL)", name="undocumented"),
        CheckConstraint(
            "erased_at IS NULL OR (status NOT IN ('active', 'missing')"
            " AND num_nonnulls(document_type, number_sealed, phone_sealed, address_sealed) = 0)",
            name="erased",
        ),
        Index("ix_persons_residence", "residence_area", "id"),
        Index("ix_persons_registration", "registration_area", "id"),
        Index("ix_persons_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("ix_persons_uncompared", "id", postgresql_where=text("compared_at IS NULL")),
        Index("ix_persons_changed_in", "changed_in", "id", postgresql_where=text("changed_in IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    sex: Mapped[str]
    birth_date: Mapped[date]
    ethnic_group: Mapped[str | None]
    died_on: Mapped[date | None]
    document_type: Mapped[str | None]
    name_sealed: Mapped[bytes] = sealed("person.name")
    number_sealed: Mapped[bytes | None] = sealed("person.number")
    phone_sealed: Mapped[bytes | None] = sealed("person.phone")
    address_sealed: Mapped[bytes | None] = sealed("person.address")
    masked_sealed: Mapped[bytes] = sealed("person.masked")
    residence: Mapped[list[Any]]
    registration: Mapped[list[Any]]
    residence_area: Mapped[str | None] = mapped_column(AreaText())
    residence_until: Mapped[date | None]
    registration_area: Mapped[str | None] = mapped_column(AreaText())
    registration_until: Mapped[date | None]
    undocumented_reason: Mapped[str | None]
    undocumented_due_on: Mapped[date | None]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    compared_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    changed_in: Mapped[int | None] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint")
    )


class PersonDigest(Base):
    """A blind index value of a document number, under each key in use: it makes the number unique and findable."""

    __tablename__ = "person_digests"
    __table_args__: Any = (Index("ix_person_digests_person", "person_id"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = blind("kind", "person_id", primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))


class PersonName(Base):
    """Blind tokens of a name under one key in use: of the name, of each of its readings, of their initials."""

    __tablename__ = "person_names"
    __table_args__: Any = (Index("ix_person_names_tokens", "tokens", postgresql_using="gin"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[list[str]] = blind("person_id", type=ARRAY(Text()))
