"""Token buckets in PostgreSQL: one per name and caller, shared by all processes of a service."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_TAKE = text(
    """
    INSERT INTO rate_buckets AS bucket (name, caller, tokens, granted, updated_at)
    VALUES (:name, :caller, CAST(:capacity AS double precision) - 1, true, :now)
    ON CONFLICT (name, caller) DO UPDATE SET
      (tokens, granted, updated_at) = (
        SELECT filled - CASE WHEN filled >= 1 THEN 1 ELSE 0 END, filled >= 1, later
        FROM greatest(bucket.updated_at, excluded.updated_at) AS later,
          least(:capacity, bucket.tokens + extract(epoch FROM later - bucket.updated_at) * :rate) AS filled
      )
    RETURNING tokens, granted
    """
)


async def take(session: AsyncSession, name: str, caller: str, per_minute: int, now: datetime) -> float | None:
    """Take a token in the caller's transaction. None: granted; else the seconds until there is one.

    The bucket holds one minute's worth. Its row is locked until the transaction ends.
    """
    rate = per_minute / 60
    taken = await session.execute(
        _TAKE, {"name": name, "caller": caller, "capacity": float(per_minute), "rate": rate, "now": now}
    )
    tokens, granted = taken.one()
    return None if granted else float(1 - tokens) / rate
