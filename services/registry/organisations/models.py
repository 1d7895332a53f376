"""Tables of organisations, and of every version of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from services.registry.organisations.domain import OrganisationStep
from shared.contracts.registry.organisations import OrganisationKind, OrganisationRegistration, OrganisationStatus
from shared.db.base import AreaText, append_only
from shared.db.row_versions import RowVersionColumns
from shared.db.sealing import sealed


def _listed(codes: Any) -> str:
    return ", ".join(f"'{code}'" for code in codes)


ACTIVE = text("status = 'active'")


class Organisation(Base):
    """An organisation of a village or grid. Its address and who answers for it are sealed.

    `entered_in`: the village among whose active ones name and code stand once; null for who came by a change of areas
    to a village that has one of them already.
    `earlier`: times before it began again. `former`: where it had its seat before changes of areas, each until a day.
    """

    __tablename__ = "organisations"
    __table_args__: Any = (
        CheckConstraint(f"kind IN ({_listed(OrganisationKind)})", name="kind"),
        CheckConstraint(f"registration IN ({_listed(OrganisationRegistration)})", name="registration"),
        CheckConstraint(f"status IN ({_listed(OrganisationStatus)})", name="status"),
        CheckConstraint("status = 'withdrawn' OR (status = 'ended') = (ended_on IS NOT NULL)", name="ended"),
        CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="dates"),
        CheckConstraint("members BETWEEN 0 AND 1000000", name="members"),
        Index("ix_organisations_area_id", "area", "id"),
        Index("uq_organisations_name", "entered_in", "compared", unique=True, postgresql_where=ACTIVE),
        Index("uq_organisations_code", "entered_in", "credit_code", unique=True, postgresql_where=ACTIVE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    area: Mapped[str] = mapped_column(AreaText())
    entered_in: Mapped[str | None] = mapped_column(AreaText())
    kind: Mapped[str]
    name: Mapped[str]
    compared: Mapped[str]
    credit_code: Mapped[str | None]
    registration: Mapped[str]
    registered_on: Mapped[date | None]
    members: Mapped[int | None]
    contact_sealed: Mapped[bytes] = sealed("organisation.contact")
    status: Mapped[str]
    began_on: Mapped[date]
    ended_on: Mapped[date | None]
    earlier: Mapped[list[Any]] = mapped_column(JSONB)
    former: Mapped[list[Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]


class OrganisationVersion(RowVersionColumns, Base):
    """What an organisation was from a step on."""

    __tablename__ = "organisation_versions"
    __table_args__: Any = (CheckConstraint(f"step IN ({_listed(OrganisationStep)})", name="step"), append_only())

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    contact_sealed: Mapped[bytes] = sealed("organisation.contact", owner="{organisation_id}")
