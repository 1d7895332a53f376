"""The outbox table, partitioned by day from the first migration. Its DDL is in `shared.messaging.outbox.schema`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase
from shared.db.rows import WAKES
from shared.db.sealing import unkeyed

SHARDS = 16
"""Fixed for ever: a relay owns whole shards."""


class OutboxMessage(KitBase):
    """One event to be published. `broker` is the cluster that acknowledged it."""

    __tablename__ = "outbox"
    __table_args__: Any = (
        CheckConstraint(f"shard >= 0 AND shard < {SHARDS}", name="shard"),
        Index("ix_outbox_unpublished", "id", postgresql_where=text("published_at IS NULL")),
        {
            "info": {"partitioned_by": "created_at", "partition": "day", WAKES: "outbox"},
            "postgresql_partition_by": "RANGE (created_at)",
        },
    )
    # The mapper knows a row by its event: with generated columns as identity, every insert would wait for RETURNING.
    __mapper_args__: Any = {"primary_key": ["event_id"], "eager_defaults": False}  # noqa: RUF012 (the base declares it so)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    event_id: Mapped[UUID]
    shard: Mapped[int] = mapped_column(SmallInteger)
    noun: Mapped[str]
    key: Mapped[str]
    type: Mapped[str]
    schema_version: Mapped[int] = mapped_column(SmallInteger)
    sequence: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(BigInteger)
    occurred_at: Mapped[datetime]
    payload: Mapped[bytes] = unkeyed("a fact without identifiers")
    traceparent: Mapped[str | None]
    published_at: Mapped[datetime | None]
    broker: Mapped[str | None]


OUTBOX = KitBase.metadata.tables[OutboxMessage.__tablename__]
