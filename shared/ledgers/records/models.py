"""Tables of records, their history, what they are searched by and what may stand once. Their DDL is in `schema`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from shared.db.base import AreaText, KitBase, append_only
from shared.db.sealing import blind, sealed
from shared.db.statistics import FILLED_AT_ONCE

_FILLED = {"info": {FILLED_AT_ONCE: True}}


class LedgerRecord(KitBase):
    """A record as it stands.

    `values` holds what is public or internal, in JSON forms. `masked`, `personal` and `restricted` are sealed JSON of
    the other fields: as most readers see them, in full, and those under a permission of their own. `restricted_topic`:
    on which topic it travels. `limits` are its running and ended limits, `due_at` the end of the first that runs out,
    `runs_until` that of the last, `warn_at` when the next warning is to be fired.
    """

    __tablename__ = "ledger_records"
    __table_args__: Any = (
        CheckConstraint("version >= 1", name="version"),
        Index("ix_ledger_records_ledger", "ledger", "id"),
        Index("ix_ledger_records_area", "ledger", "area", "status", "id"),
        Index("ix_ledger_records_status", "ledger", "status", "id"),
        Index(
            "ix_ledger_records_department",
            "ledger",
            "department",
            "id",
            postgresql_where=text("department IS NOT NULL"),
        ),
        Index("ix_ledger_records_subject", "subject_id", "ledger", postgresql_where=text("subject_id IS NOT NULL")),
        Index("ix_ledger_records_due", "ledger", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_ledger_records_warn", "warn_at", postgresql_where=text("warn_at IS NOT NULL")),
        Index("ix_ledger_records_runs", "runs_until", postgresql_where=text("runs_until IS NOT NULL")),
        _FILLED,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    ledger: Mapped[str]
    ledger_version: Mapped[int]
    area: Mapped[str] = mapped_column(AreaText())
    department: Mapped[str | None]
    subject_id: Mapped[str | None]
    status: Mapped[str]
    live: Mapped[bool]  # its status is not final
    restricted_topic: Mapped[bool]
    values: Mapped[dict[str, Any]]
    masked: Mapped[bytes | None] = sealed("ledger.masked")
    personal: Mapped[bytes | None] = sealed("ledger.personal")
    restricted: Mapped[bytes | None] = sealed("ledger.restricted")
    entered: Mapped[dict[str, Any]]
    limits: Mapped[list[Any]]
    due_at: Mapped[datetime | None]
    runs_until: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    opened_by: Mapped[str]  # a subject of the issuer
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class LedgerRecordStep(KitBase):
    """What somebody did to a record: one line a version, never changed. `note` is sealed, `fields` are names only."""

    __tablename__ = "ledger_record_steps"
    __table_args__: Any = ({"info": {**append_only()["info"], FILLED_AT_ONCE: True}},)

    record_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_records.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    step: Mapped[str]
    status: Mapped[str]  # after the step
    ledger_version: Mapped[int]
    actor: Mapped[str]
    at: Mapped[datetime]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    note: Mapped[bytes | None] = sealed("ledger_step.note", owner="{record_id}:{version}")


class LedgerIndex(KitBase):
    """A value that a record is found by: a code or id, a number, a day, or the blind index of a sealed value.

    A field has one row a value: several for a choice of several, and one for each key of the blind index.
    """

    __tablename__ = "ledger_index"
    __table_args__: Any = (
        CheckConstraint("num_nonnulls(text, number, day, digest) = 1", name="one"),
        Index(
            "ix_ledger_index_text", "ledger", "field", "text", "record_id", postgresql_where=text("text IS NOT NULL")
        ),
        Index(
            "ix_ledger_index_number",
            "ledger",
            "field",
            "number",
            "record_id",
            postgresql_where=text("number IS NOT NULL"),
        ),
        Index("ix_ledger_index_day", "ledger", "field", "day", "record_id", postgresql_where=text("day IS NOT NULL")),
        Index("ix_ledger_index_digest", "digest", postgresql_where=text("digest IS NOT NULL")),
        _FILLED,
    )

    record_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_records.id"), primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    ledger: Mapped[str]
    text: Mapped[str | None]
    number: Mapped[Decimal | None] = mapped_column(Numeric)
    day: Mapped[date | None]
    digest: Mapped[bytes | None] = blind("record_id", "field")
    key_id: Mapped[str | None]  # of the digest; null in rows from before the column too


class LedgerKey(KitBase):
    """What may stand once among the live records of a ledger, as its blind index under each key in use."""

    __tablename__ = "ledger_keys"
    __table_args__: Any = (Index("ix_ledger_keys_record", "record_id"), _FILLED)

    ledger: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = blind("record_id", primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_records.id"))


class LedgerFill(KitBase):
    """A field that became a search field while records stood in the ledger: how far its index is filled.

    Until the row is gone nobody searches by the field: what was found would be too little. Without `begins_at` it waits
    until the records are moved to the version.
    """

    __tablename__ = "ledger_fills"

    ledger: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    begins_at: Mapped[datetime | None]
    after: Mapped[UUID | None]


RECORD, STEP = KitBase.metadata.tables["ledger_records"], KitBase.metadata.tables["ledger_record_steps"]
INDEX, KEY = KitBase.metadata.tables["ledger_index"], KitBase.metadata.tables["ledger_keys"]

JSON_COLUMNS = tuple(column.name for column in RECORD.c if isinstance(column.type, JSONB))
