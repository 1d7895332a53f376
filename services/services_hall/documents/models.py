"""Tables of documents: each as it was issued, sealed, and the serials of their numbers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.base import Base
from services.services_hall.documents.domain import DocumentKind, DocumentStatus
from shared.db.base import AreaText
from shared.db.sealing import sealed

KINDS = ", ".join(f"'{kind}'" for kind in DocumentKind)
STATUSES = ", ".join(f"'{status}'" for status in DocumentStatus)


class CaseDocument(Base):
    """A document. `step`: version of the case, of a receipt of custody the original's, from which on it says what it
    says. `content`: the paper, sealed; empty once it was erased. `check_code`: keyed digest of the content. `token`: by
    which it is verified.
    """

    __tablename__ = "case_documents"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("token"),
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("(status = 'voided') = (voided_at IS NOT NULL)", name="voided"),
        Index("ix_case_documents_case_id", "case_id", "id"),
        Index(
            "uq_case_documents_holding",
            "case_id",
            "kind",
            "step",
            unique=True,
            postgresql_where=text("status = 'issued' AND original_id IS NULL"),
        ),
        Index(
            "uq_case_documents_custody",
            "original_id",
            "step",
            unique=True,
            postgresql_where=text("status = 'issued' AND original_id IS NOT NULL"),
        ),
        CheckConstraint("(original_id IS NOT NULL) = (kind LIKE 'custody%')", name="custody"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    original_id: Mapped[UUID | None] = mapped_column(ForeignKey("originals.id"))
    step: Mapped[int]
    kind: Mapped[str]
    number: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText)
    department: Mapped[str]
    status: Mapped[str]
    token: Mapped[str]
    check_code: Mapped[str]
    content: Mapped[bytes] = sealed("case_documents.content")
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[str | None]
    void_reason: Mapped[str | None]


class DocumentSerial(Base):
    """The last serial given to documents of a kind in a year."""

    __tablename__ = "document_serials"

    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
