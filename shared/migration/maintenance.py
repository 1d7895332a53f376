"""Daily maintenance of a service's database, as its owner: partitions ahead, retention."""

import asyncpg

from shared.clock import Clock
from shared.db import partitions
from shared.db.engine import CONNECT_TIMEOUT, raw_dsn, server_settings
from shared.db.locks import MAINTENANCE, exclusively
from shared.db.partitions import Maintained
from shared.migration.kit_schema import KIT
from shared.service import ServiceSpec


async def maintain(spec: ServiceSpec, url: str, clock: Clock, *, wait: float = 30.0) -> Maintained:
    """Maintain the database at `url` once. Raises `Busy` if a migration takes longer than `wait`."""
    settings = server_settings("maintain", 0, partitions.LOCK_TIMEOUT_MS)
    connection = await asyncpg.connect(raw_dsn(url), timeout=CONNECT_TIMEOUT, server_settings=settings)
    try:
        async with exclusively(connection, MAINTENANCE, wait=wait):
            return await partitions.maintain(connection, [KIT, spec.metadata], clock)
    finally:
        await connection.close()
