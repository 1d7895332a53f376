"""Table of verifications."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from services.registry.verifications.domain import FieldGroup

GROUPS = ", ".join(f"'{group}'" for group in FieldGroup)


class PersonVerification(Base):
    """A field group of a person that somebody looked at. `looks`: those that stand; `taken_back`: those that do not."""

    __tablename__ = "person_verifications"
    __table_args__: Any = (CheckConstraint(f"field_group IN ({GROUPS})", name="field_group"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    field_group: Mapped[str] = mapped_column(primary_key=True)
    verified_on: Mapped[date | None]
    looks: Mapped[list[Any]]
    taken_back: Mapped[list[Any]]
