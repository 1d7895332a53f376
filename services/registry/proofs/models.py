"""Tables of proofs given at counters, and of the codes that residents prove themselves with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.base import AreaText
from shared.db.sealing import blind_for_a_while


class Proof(Base):
    """A proof that was tried at a counter, right or wrong. Nothing of what was said is kept.

    `person_id` is no foreign key: its check would make a try that meets somebody wait for whoever holds that row.
    """

    __tablename__ = "proofs"
    __table_args__: Any = (
        CheckConstraint("status IN ('open', 'failed', 'closed')", name="status"),
        CheckConstraint("means IN ('phone', 'code')", name="means"),
        CheckConstraint("status = 'failed' OR person_id IS NOT NULL", name="person"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index("ix_proofs_place", "place", "id"),
        Index("ix_proofs_person", "person_id", "opened_at", postgresql_where=text("person_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    place: Mapped[str] = mapped_column(AreaText())
    purpose: Mapped[str]
    means: Mapped[str]
    person_id: Mapped[UUID | None]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    uses: Mapped[int]
    code_by: Mapped[str | None]


class ProofCode(Base):
    """A code that was given to a resident, as a blind index value. It serves once, and the next one ends it."""

    __tablename__ = "proof_codes"
    __table_args__: Any = (Index("ix_proof_codes_person", "person_id", "digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    key_id: Mapped[str]
    digest: Mapped[bytes] = blind_for_a_while("a code serves for minutes")
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
