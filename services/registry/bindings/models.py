"""Table of bindings of residents' logins, and of what was tried for one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base


class Binding(Base):
    """A login that is bound to a person, or a try that failed. Nothing of what was said is kept.

    `person_id` is no foreign key: its check would make a try that meets somebody wait for whoever holds that row.
    """

    __tablename__ = "bindings"
    __table_args__: Any = (
        CheckConstraint("status IN ('bound', 'failed', 'ended')", name="status"),
        CheckConstraint("status = 'failed' OR person_id IS NOT NULL", name="person"),
        CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(status = 'ended') = (end_reason IS NOT NULL)", name="reason"),
        Index("uq_bindings_subject", "subject", unique=True, postgresql_where=text("status = 'bound'")),
        Index("uq_bindings_bound", "person_id", unique=True, postgresql_where=text("status = 'bound'")),
        Index("ix_bindings_person", "person_id", "id", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_bindings_failed", "subject", "tried_at", postgresql_where=text("status = 'failed'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    subject: Mapped[str]
    person_id: Mapped[UUID | None]
    tried_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
