"""Tables of imports: one row an import, what was found wrong, what was taken in. Their DDL is in `schema`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import AreaText, KitBase
from shared.db.sealing import blind_for_a_while, sealed_pairs
from shared.db.statistics import FILLED_AT_ONCE


class ImportRow(KitBase):
    """Import. `grants` are those of who asked, as they were: the work is judged by them under the tree of its day."""

    __tablename__ = "imports"
    __table_args__: Any = (
        CheckConstraint(
            "status IN ('checking', 'checked', 'refused', 'committing', 'done', 'cancelled')", name="status"
        ),
        Index("ix_imports_target", "target", "id"),
        {"info": {"keep_by": "created_at", "keep_days": 92}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    target: Mapped[str]  # what is imported: `ledger:disputes`
    file: Mapped[UUID]
    sheet: Mapped[str | None]
    area: Mapped[str] = mapped_column(AreaText())
    status: Mapped[str]
    error_code: Mapped[str | None]
    errors: Mapped[list[Any]]  # path, code, message of a refused file
    counts: Mapped[dict[str, Any]]
    unknown_columns: Mapped[list[Any]] = sealed_pairs("import.title")
    skipped: Mapped[list[Any]]
    requested_by: Mapped[str]
    grants: Mapped[list[Any]]
    job: Mapped[UUID]
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ImportFinding(KitBase):
    """What is wrong at one place of the table. Never a value."""

    __tablename__ = "import_findings"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    row: Mapped[int]
    column: Mapped[str | None]
    field: Mapped[str | None]
    code: Mapped[str]
    message: Mapped[str]


class ImportedRow(KitBase):
    """A row that was taken in, by a keyed digest of its values: the same row delivered again changes nothing.

    `occurrence` counts equal rows of one table: people without a number never collapse into one.
    """

    __tablename__ = "imported_rows"
    __table_args__: Any = ({"info": {FILLED_AT_ONCE: True}},)

    target: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = blind_for_a_while("a table of before is then another one", primary_key=True)
    occurrence: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    import_id: Mapped[UUID]


IMPORTED = KitBase.metadata.tables["imported_rows"]
