"""Advisory locks by name: what only one process of a database may do at a time."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator

import asyncpg

MAINTENANCE = "maintenance"
"""Migrations and partitions: both change the schema."""


class Busy(RuntimeError):
    """Error: another process holds the lock."""


def key_of(name: str) -> int:
    """The 64-bit key of a name."""
    return int.from_bytes(hashlib.sha256(f"xiangli:{name}".encode()).digest()[:8], "big", signed=True)


@contextlib.asynccontextmanager
async def exclusively(connection: asyncpg.Connection, name: str, *, wait: float = 0.0) -> AsyncIterator[None]:
    """Holds the named lock on this connection for the body. Raises `Busy` after `wait` seconds."""
    key = key_of(name)
    deadline = asyncio.get_running_loop().time() + wait
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", key):
        if asyncio.get_running_loop().time() >= deadline:
            raise Busy(name)
        await asyncio.sleep(0.05)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", key)
