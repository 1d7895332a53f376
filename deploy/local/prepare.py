"""What has to be there before and beside the services: databases, roles, schemas, the demo county; daily upkeep.

Runs in a process of its own, as the owners of the databases. Its standard output is told to the person who waits.
"""

import importlib
import time
from typing import Any

import asyncpg

from deploy.local.launcher.supervisor import SCHEMA_READY
from deploy.local.stack.deployment import Stack
from deploy.local.stack.ports import SERVICES
from shared.clock import SystemClock
from shared.db import versions
from shared.db.engine import raw_dsn
from shared.db.locks import Busy
from shared.messaging.bus.topics import ensure_topics
from shared.service import ServiceSpec
from shared.settings import ServiceSettings

SEEDED = "seeded"
EDITION = "1"
"""Changes when the seed does: folders with another edition are topped up."""
READY_RESIDENTS = 3_000


def spec_of(service: str) -> ServiceSpec:
    """The service's own description of itself."""
    spec: ServiceSpec = importlib.import_module(f"services.{service}.features").SPEC
    return spec


async def prepare(stack: Stack) -> int:
    """Databases and schemas, then `@schema`, then the demo county where it is not there yet."""
    began = time.monotonic()
    changed = [await schema(stack, service) for service in SERVICES]
    done = "migrated" if any(changed) else "current"
    print(f"four schemas are {done} ({time.monotonic() - began:.1f} s)", flush=True)
    if stack.kafka is not None:
        for service in SERVICES:
            await ensure_topics(service_settings(stack, service), service)
        print(f"topics are there on {stack.kafka}", flush=True)
    print(SCHEMA_READY, flush=True)
    if await is_seeded(stack):
        return 0
    from deploy.local.county.seed import seed

    await seed(stack, report=lambda text: print(text, flush=True))
    (stack.folder.path / SEEDED).write_text(EDITION)
    return 0


def service_settings(stack: Stack, service: str) -> ServiceSettings:
    """The settings that the stack gives a service, without its environment."""
    settings_class: type[ServiceSettings] = importlib.import_module(f"services.{service}.settings").Settings
    return _read(settings_class, stack.settings(service))


def reader_settings(stack: Stack) -> ServiceSettings:
    """The settings of whoever may read every topic of the stack."""
    return _read(ServiceSettings, stack.reader_settings())


def hotline_settings(stack: Stack) -> ServiceSettings:
    """The settings of the county's hotline, as far as they are about the bus."""
    return _read(ServiceSettings, stack.hotline_settings())


def _read(settings_class: type[ServiceSettings], told: dict[str, str]) -> ServiceSettings:
    given = {name.removeprefix("XIANGLI_").lower(): value for name, value in told.items()}
    return settings_class(**given)  # type: ignore[arg-type]  # text, as from the environment


async def is_seeded(stack: Stack) -> bool:
    """Whether the demo county is whole: cheap, because every later start asks."""
    mark = stack.folder.path / SEEDED
    if not mark.exists() or mark.read_text() != EDITION:
        return False
    connection: Any = await asyncpg.connect(raw_dsn(stack.postgres.urls_of("registry").service_url))
    try:
        residents: int = await connection.fetchval("SELECT count(*) FROM persons")
    finally:
        await connection.close()
    if residents < READY_RESIDENTS:
        return False
    print(f"{residents} residents are there", flush=True)
    return True


async def schema(stack: Stack, service: str) -> bool:
    """The database of one service at its newest schema; True where something had to be done."""
    urls = stack.postgres.urls_of(service)
    migrations = stack.migrations(service)
    try:
        if await versions.is_current(urls.owner_url, migrations):
            return False
    except (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError):
        await stack.postgres.create_service(service)
    from shared.migration.migrate import migrate

    return await migrate(spec_of(service), urls.owner_url, service_role=urls.service_role)


async def maintain(stack: Stack) -> int:
    """Partitions ahead, retention: all four services, one after the other. 0 unless one of them failed."""
    from shared.migration import maintenance

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
