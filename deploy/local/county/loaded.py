"""Whether the demo county is loaded: a mark in the data folder of the stack, and a count of residents."""

from typing import Any

import asyncpg

from deploy.local.stack.deployment import Stack
from shared.db.engine import raw_dsn

MARK = "seeded"
EDITION = "1"
"""Changes when the demo county does: folders with another edition are topped up."""
FEWEST_RESIDENTS = 3_000


async def is_loaded(stack: Stack) -> bool:
    """Whether the demo county is whole: cheap, because every later start asks."""
    mark = stack.folder.path / MARK
    if not mark.exists() or mark.read_text() != EDITION:
        return False
    connection: Any = await asyncpg.connect(raw_dsn(stack.postgres.urls_of("registry").service_url))
    try:
        residents: int = await connection.fetchval("SELECT count(*) FROM persons")
    finally:
        await connection.close()
    if residents < FEWEST_RESIDENTS:
        return False
    print(f"{residents} residents are there", flush=True)
    return True


def mark_loaded(stack: Stack) -> None:
    """Notes that this edition is loaded whole."""
    (stack.folder.path / MARK).write_text(EDITION)
