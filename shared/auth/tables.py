"""The access log as tables, for grants, partitions and `alembic check`. Their DDL is in `shared.auth.schema`."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import AreaText, KitBase
from shared.db.sealing import unkeyed

KEEP_DAYS = 184
"""Six months at least (GB/T 22239: logs are kept for six months)."""

_LOG = {"append_only": True, "partitioned_by": "at", "partition": "month", "keep_days": KEEP_DAYS}


class AccessLogRow(KitBase):
    """Row of the access log: who saw or changed what, for which purpose."""

    __tablename__ = "access_log"
    __table_args__: Any = (
        Index("ix_access_log_noun_object_id_at", "noun", "object_id", "at"),
        {"info": _LOG, "postgresql_partition_by": "RANGE (at)"},
    )

    writer: Mapped[str] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime]
    subject: Mapped[str]
    role: Mapped[str | None]
    purpose: Mapped[str | None]
    action: Mapped[str]
    noun: Mapped[str]
    object_id: Mapped[str | None]
    area: Mapped[str | None] = mapped_column(AreaText)
    detail: Mapped[str]
    result: Mapped[str]
    request_id: Mapped[str | None]


class AccessLogBatch(KitBase):
    """Batch of the access log: one link of a writer's hash chain."""

    __tablename__ = "access_log_batches"
    __table_args__: Any = ({"info": _LOG, "postgresql_partition_by": "RANGE (at)"},)

    writer: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]
    previous: Mapped[bytes] = unkeyed("link of the chain")
    hash: Mapped[bytes] = unkeyed("link of the chain")
