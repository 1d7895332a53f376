"""Changes of a batch, as hooks get them: each state beside the one it replaces."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

import asyncpg

from shared.contracts.envelope import STATES
from shared.messaging.projection.decode import ReadableRecord
from shared.messaging.projection.routes import Change, Route

TURN = 250
"""Changes after which the driver may send on what it is storing."""


async def changes_beside(
    storing: Coroutine[Any, Any, None],
    route: Route,
    items: Sequence[ReadableRecord],
    old: Mapping[str, asyncpg.Record],
) -> Sequence[Change[Any]]:
    """The changes of a noun, made while the database stores its states; none if nobody is told of them.

    Whatever happens, `storing` has ended when this ends: one connection serves one statement at a time.
    """
    stored = asyncio.ensure_future(storing)
    try:
        changes = [] if route.hook is None else await changes_of(route, items, old)
    except BaseException:
        stored.cancel()
        await asyncio.wait([stored])
        raise
    await stored
    return changes


async def changes_of(
    route: Route, items: Sequence[ReadableRecord], old: Mapping[str, asyncpg.Record]
) -> Sequence[Change[Any]]:
    """The change of each record, in their order. `old`: rows of the states that were held, by aggregate."""
    read = STATES[route.noun].__pydantic_validator__.validate_json
    changes: list[Change[Any]] = []
    for at, item in enumerate(items):
        if at % TURN == 0:
            await asyncio.sleep(0)
        row = old.get(item.aggregate)
        before = None if row is None else read(row["state"])
        reckoned = None if route.reckon is None else route.reckon(before, item.state)
        changes.append(Change(before, item.state, item, reckoned))
    return changes
