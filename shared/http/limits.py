"""Token buckets in PostgreSQL for endpoints that could be used to enumerate people: one bucket per caller and name."""

import math
from collections.abc import Awaitable, Callable

from fastapi import Request
from sqlalchemy import text

from shared.errors import RateLimited
from shared.http.kit import Kit, state_of
from shared.observability import metrics

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


def rate_limited(name: str, *, per_minute: int | None = None) -> Callable[[Request], Awaitable[None]]:
    """A dependency that takes a token, `dependencies=[Depends(rate_limited("person_search"))]`; first in the list.

    `per_minute` overrides the deployment's number. The bucket holds one minute's worth. The token is taken in a
    transaction of its own: a request that is refused or rolled back later has used it all the same.
    """

    async def take(request: Request) -> None:
        state = state_of(request)
        if state.session is not None:
            raise RuntimeError("rate_limited must stand before whatever opens the transaction")
        await take_token(state.kit, name, state.principal.subject, per_minute or state.kit.settings.rate_per_minute)

    return take


async def take_token(kit: Kit, name: str, caller: str, per_minute: int) -> None:
    """Take one token or raise `RateLimited` with the seconds until there is one."""
    rate = per_minute / 60
    async with kit.database.session() as session:
        taken = await session.execute(
            _TAKE,
            {"name": name, "caller": caller, "capacity": float(per_minute), "rate": rate, "now": kit.clock.now()},
        )
        tokens, granted = taken.one()
        await session.commit()
    if not granted:
        metrics.RATE_LIMITED.labels(name).inc()
        raise RateLimited(name, retry_after=max(1, math.ceil((1 - tokens) / rate)))
