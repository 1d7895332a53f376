"""Rate limits (token buckets in PostgreSQL) of endpoints that could enumerate people: a bucket per caller and name."""

import math
from collections.abc import Awaitable, Callable

from fastapi import Request

from shared.db import buckets
from shared.errors import RateLimited
from shared.http.kit import Kit, state_of
from shared.observability import metrics


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
    async with kit.database.session() as session:
        wait = await buckets.take(session, name, caller, per_minute, kit.clock.now())
        await session.commit()
    if wait is not None:
        metrics.RATE_LIMITED.labels(name).inc()
        raise RateLimited(name, retry_after=max(1, math.ceil(wait)))
