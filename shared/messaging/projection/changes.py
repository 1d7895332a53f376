"""Changes of a batch, as hooks get them."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from shared.contracts.envelope import STATES
from shared.messaging.projection.decode import ReadableRecord
from shared.messaging.projection.routes import Change


def changes_of(noun: str, items: Sequence[ReadableRecord], old: Mapping[str, asyncpg.Record]) -> list[Change[Any]]:
    """Changes of aggregates, with what is replaced. `old`: the rows that were held, by aggregate."""
    read = STATES[noun].__pydantic_validator__.validate_json
    return [
        Change(read(old[item.aggregate]["state"]) if item.aggregate in old else None, item.state, item)
        for item in items
    ]
