"""Tables of submissions, and of files that came before the rest. Their DDL is in `shared.ledgers.forms.schema`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase, append_only
from shared.db.sealing import blind_for_a_while


class LedgerSubmission(KitBase):
    """An instance that became a record: once, however often it is sent. `digest` is keyed, of the instance's bytes."""

    __tablename__ = "ledger_submissions"
    __table_args__: Any = (Index("ix_ledger_submissions_record", "record_id"), append_only())

    instance_id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID]
    subject: Mapped[str]
    ledger: Mapped[str]
    form_version: Mapped[int]
    record_id: Mapped[UUID]
    digest: Mapped[bytes] = blind_for_a_while("an instance sent again is then refused as another of its id")
    received_at: Mapped[datetime]


class LedgerWaitingFile(KitBase):
    """A file that came before the rest of its instance: its sender's upload until then, gone with it if no rest comes.

    `digest` is keyed, of the instance's bytes, and `name` keyed, of the file's: another filling waits for its own.
    """

    __tablename__ = "ledger_waiting_files"
    __table_args__: Any = (Index("ix_ledger_waiting_files_file", "file_id"),)

    instance_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = blind_for_a_while("it waits for a day at most", primary_key=True)
    name: Mapped[bytes] = blind_for_a_while("as digest", primary_key=True)
    subject: Mapped[str]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"))


SUBMISSION = KitBase.metadata.tables[LedgerSubmission.__tablename__]
