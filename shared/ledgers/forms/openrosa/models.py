"""Table of submissions. Its DDL is in `shared.ledgers.forms.schema`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase, append_only


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
    digest: Mapped[bytes]
    received_at: Mapped[datetime]


SUBMISSION = KitBase.metadata.tables[LedgerSubmission.__tablename__]
