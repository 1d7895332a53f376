"""Table of devices. Its DDL is in `shared.ledgers.forms.schema`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import AreaText, KitBase
from shared.db.sealing import unkeyed


class LedgerDevice(KitBase):
    """A phone of one worker.

    `secret` is a digest: the password is told once and kept nowhere. `grants` are those of the token that the worker
    showed at `confirmed_at`. `area` holds all of them.
    """

    __tablename__ = "ledger_devices"
    __table_args__: Any = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
        Index("ix_ledger_devices_subject", "subject", "id"),
        Index("ix_ledger_devices_area", "area", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    secret: Mapped[bytes] = unkeyed("digest of a password made by us")
    grants: Mapped[list[Any]]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
