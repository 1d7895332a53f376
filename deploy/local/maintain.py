"""Daily maintenance of the four databases of a local stack: `python -m deploy.local.maintain` (by the launcher)."""

import asyncio
import sys

import asyncpg

from deploy.local.stack.command import status_of
from deploy.local.stack.deployment import Stack
from deploy.local.stack.ports import SERVICES
from deploy.local.stack.services import spec_of
from shared.clock import SystemClock
from shared.db.locks import Busy
from shared.migration import maintenance


async def maintain(stack: Stack) -> int:
    """Partitions ahead, retention: all four services, one after the other. 0 unless one of them failed."""
    failed = 0
    for service in SERVICES:
        try:
            report = await maintenance.maintain(
                spec_of(service), stack.postgres.urls_of(service).owner_url, SystemClock(), wait=60
            )
            print(f"{service}: {len(report.created)} partitions made, {len(report.dropped)} dropped", flush=True)
        except (asyncpg.PostgresError, Busy, OSError) as error:
            failed += 1
            print(f"{service}: {type(error).__name__}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(status_of(lambda stack: asyncio.run(maintain(stack))))
