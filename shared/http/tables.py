"""Tables of HTTP: idempotency keys and rate buckets. Their DDL is in `shared.http.schema`."""

from datetime import datetime
from typing import Any

from sqlalchemy import Double
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase


class IdempotencyKey(KitBase):
    """Idempotency key: the sealed answer to one request of one caller.

    Kept for seven days, then its day's partition goes.
    """

    __tablename__ = "idempotency_keys"
    __table_args__: Any = (
        {
            "info": {"partitioned_by": "created_at", "partition": "day", "keep_days": 7},
            "postgresql_partition_by": "RANGE (created_at)",
        },
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)  # of caller, operation and key
    created_at: Mapped[datetime] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]  # keyed digest of the request
    answer: Mapped[bytes]  # sealed


class RateBucket(KitBase):
    """Token bucket: the tokens that one caller has left for one operation. Unlogged: a crash refills it."""

    __tablename__ = "rate_buckets"
    __table_args__: Any = ({"prefixes": ["UNLOGGED"], "info": {"keep_by": "updated_at", "keep_days": 1}},)

    name: Mapped[str] = mapped_column(primary_key=True)
    caller: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float] = mapped_column(Double)
    granted: Mapped[bool]  # whether the last request got one
    updated_at: Mapped[datetime]
