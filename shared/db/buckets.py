"""Token buckets in PostgreSQL: one per name and caller, shared by all processes of a service."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MINUTE, HOUR = 60, 3600

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

_CHARGE = text(
    """
    INSERT INTO rate_buckets AS bucket (name, caller, tokens, granted, updated_at)
    VALUES (:name, :caller, CAST(:capacity AS double precision) - :count, true, :now)
    ON CONFLICT (name, caller) DO UPDATE SET
      (tokens, granted, updated_at) = (
        SELECT filled - :count, true, later
        FROM greatest(bucket.updated_at, excluded.updated_at) AS later,
          least(:capacity, bucket.tokens + extract(epoch FROM later - bucket.updated_at) * :rate) AS filled
      )
    RETURNING tokens
    """
)


async def take(session: AsyncSession, name: str, caller: str, per_minute: int, now: datetime) -> float | None:
    """Take a token in the caller's transaction. None: granted; else the seconds until there is one.

    The bucket holds one minute's worth. Its row is locked until the transaction ends.
    """
    granted, wait = await draw(session, name, caller, per_minute, now)
    return None if granted else wait


async def draw(
    session: AsyncSession, name: str, caller: str, tokens: int, now: datetime, *, seconds: int = MINUTE
) -> tuple[bool, float]:
    """`take`, and the seconds until the bucket holds a whole token again (0: it does). `seconds`: until it is full."""
    taken = await session.execute(_TAKE, _values(name, caller, tokens, now, seconds))
    left, granted = taken.one()
    return granted, _seconds(left, tokens, seconds)


async def charge(session: AsyncSession, name: str, caller: str, per_minute: int, now: datetime, *, count: int) -> float:
    """Take `count` tokens for what was done already, into debt if there are not so many.

    Returns the seconds until the bucket holds a whole token again.
    """
    values = {**_values(name, caller, per_minute, now), "count": float(count)}
    return _seconds(await session.scalar(_CHARGE, values) or 0.0, per_minute)


def _values(name: str, caller: str, tokens: int, now: datetime, seconds: int = MINUTE) -> dict[str, Any]:
    return {"name": name, "caller": caller, "capacity": float(tokens), "rate": tokens / seconds, "now": now}


def _seconds(left: float, tokens: int, seconds: int = MINUTE) -> float:
    return max(0.0, float(1 - left) / (tokens / seconds))
