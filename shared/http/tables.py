"""Tables of HTTP: idempotency keys and rate buckets. Their DDL is in `shared.http.schema`."""

from datetime import datetime
from typing import Any

from sqlalchemy import Double
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase
from shared.db.sealing import blind_for_a_while, sealed, unkeyed


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

    digest: Mapped[bytes] = unkeyed("SHA-256 of caller, operation and key", primary_key=True)
    created_at: Mapped[datetime] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = blind_for_a_while("the sealed answer says of which request it is")
    answer: Mapped[bytes] = sealed("idempotency_keys.answer", owner="{digest}")


class RateBucket(KitBase):
    """Token bucket: the tokens that one caller has left for one operation. Unlogged: a crash refills it."""

    __tablename__ = "rate_buckets"
    __table_args__: Any = ({"prefixes": ["UNLOGGED"], "info": {"keep_by": "updated_at", "keep_days": 1}},)

    name: Mapped[str] = mapped_column(primary_key=True)
    caller: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float] = mapped_column(Double)
    granted: Mapped[bool]  # whether the last request got one
    updated_at: Mapped[datetime]
