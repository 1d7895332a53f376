"""Changes of a batch: each newest state beside the one it replaces, made while the database stores the newest."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from shared.contracts.envelope import STATES
from shared.messaging.projection.decode import ReadableRecord
from shared.messaging.projection.routes import Change, Route

TURN = 250
"""Changes after which the driver may send on what it is storing."""


async def changes_of(
    route: Route, old: Mapping[str, asyncpg.Record], chosen: Sequence[ReadableRecord]
) -> Sequence[Change[Any]]:
    """The change of each record, in their order. `old`: rows of the states that were there, by aggregate."""
    read = STATES[route.noun].__pydantic_validator__.validate_json
    changes: list[Change[Any]] = []
    for at, item in enumerate(chosen):
        if at % TURN == 0:
            await asyncio.sleep(0)
        row = old.get(item.aggregate)
        before = None if row is None else read(row["state"])
        reckoned = None if route.reckon is None else route.reckon(before, item.state)
        changes.append(Change(before, item.state, item, reckoned))
    return changes
