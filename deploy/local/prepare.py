"""Databases, roles, schemas and topics of a local stack, before its services start: `python -m deploy.local.prepare`.

Runs in a process of its own, as the owners of the databases; the launcher shows its standard output, except for the
lines of `deploy.local.launcher.stages`.
"""

import asyncio
import sys
import time

import asyncpg

from deploy.local.county.loaded import is_loaded
from deploy.local.launcher.stages import COUNTY_MISSING, SCHEMA_READY
from deploy.local.stack.command import status_of
from deploy.local.stack.deployment import Stack
from deploy.local.stack.ports import SERVICES
from deploy.local.stack.services import service_settings, spec_of
from shared.db import versions
from shared.messaging.bus.topics import ensure_topics
from shared.migration.migrate import migrate


async def prepare(stack: Stack) -> int:
    """Databases, schemas and topics, then `@schema`; then `@county` if the demo county has to be loaded."""
    began = time.monotonic()
    changed = [await schema(stack, service) for service in SERVICES]
    done = "migrated" if any(changed) else "current"
    print(f"four schemas are {done} ({time.monotonic() - began:.1f} s)", flush=True)
    if stack.kafka is not None:
        for service in SERVICES:
            await ensure_topics(service_settings(stack, service), service)
        print(f"topics are there on {stack.kafka}", flush=True)
    print(SCHEMA_READY, flush=True)
    if not stack.empty and not await is_loaded(stack):
        print(COUNTY_MISSING, flush=True)
    return 0


async def schema(stack: Stack, service: str) -> bool:
    """Brings the database of one service to its newest schema; True if something had to be done."""
    urls = stack.postgres.urls_of(service)
    migrations = stack.migrations(service)
    try:
        if await versions.is_current(urls.owner_url, migrations):
            return False
    except (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError):
        await stack.postgres.create_service(service)
    return await migrate(spec_of(service), urls.owner_url, service_role=urls.service_role)


if __name__ == "__main__":
    sys.exit(status_of(lambda stack: asyncio.run(prepare(stack))))
