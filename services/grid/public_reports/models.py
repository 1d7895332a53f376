"""Public reports."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from shared.contracts.grid.public_reports import PublicReportStatus
from shared.db.base import AreaText
from shared.db.sealing import sealed, unkeyed

STATUSES = ", ".join(f"'{status}'" for status in PublicReportStatus)


class PublicReport(Base):
    """What somebody of the public reported. `description`, `phone` and `note` are sealed.

    `code_digest`: of the progress code, which is kept nowhere. `client`: keyed digest of day and address, by which the
    reports of one client are counted on that day and no longer. `incident_id`: what it was filed as or joined to.
    """

    __tablename__ = "public_reports"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="point"),
        CheckConstraint("(status IN ('filed', 'joined')) = (incident_id IS NOT NULL)", name="incident"),
        CheckConstraint("(status = 'dismissed') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("(status = 'held') = (decided_at IS NULL)", name="decided"),
        UniqueConstraint("code_digest", name="uq_public_reports_code"),
        Index("ix_public_reports_area", "area", "id"),
        Index("ix_public_reports_client", "client", "reported_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    area: Mapped[str] = mapped_column(AreaText())
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    category: Mapped[str]
    description: Mapped[bytes | None] = sealed("public_report.description")
    phone: Mapped[bytes | None] = sealed("public_report.phone")
    code_digest: Mapped[bytes] = unkeyed("SHA-256 of a random progress code")
    client: Mapped[bytes] = unkeyed("keyed digest that is compared on its day alone")
    status: Mapped[str]
    reported_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    reason: Mapped[str | None]
    note: Mapped[bytes | None] = sealed("public_report.note")
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"))

    @property
    def dismissal(self) -> str | None:
        """Why it was dismissed, as it is announced."""
        return self.reason
