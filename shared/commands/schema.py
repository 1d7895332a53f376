"""Schema and partitions, as the owner of the database."""

import argparse
import asyncio
import sys

from sqlalchemy.exc import DBAPIError

from shared.clock import SystemClock
from shared.commands.package import Package, Refused
from shared.db.diagnosis import MIGRATOR_URL, URL, diagnose_database
from shared.db.engine import GONE
from shared.db.locks import Busy
from shared.db.versions import is_current
from shared.messaging.bus.interface import BusUnavailable
from shared.messaging.bus.topics import TopicMismatch, ensure_topics
from shared.migration import migrate as migrations
from shared.migration.maintenance import maintain as maintain_partitions
from shared.observability import logging
from shared.settings import ServiceSettings


def owner_url(settings: ServiceSettings) -> str:
    """Database address of the migrator; that of the service if there is no other (a database with one role)."""
    return (settings.migrator_database_url or settings.database_url).get_secret_value()


def migrate(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Migrate: schema, grants, partitions, topics."""
    logging.configure(service=package.service, process="migrate", level=settings.log_level, stream=sys.stderr)
    return asyncio.run(_migrate(package, settings, arguments))


def maintain(package: Package, settings: ServiceSettings, _: argparse.Namespace) -> int:
    """Maintain: partitions ahead and retention."""
    logging.configure(service=package.service, process="maintain", level=settings.log_level, stream=sys.stderr)
    try:
        report = asyncio.run(maintain_partitions(package.spec, owner_url(settings), SystemClock()))
    except (Busy, *GONE) as error:
        raise Refused(_say(error, settings)) from error
    print(f"{package.service}: partitions made {len(report.created)}, dropped {len(report.dropped)}", end="")
    print(f", still needed {len(report.kept_waiting)}, rows removed {report.removed}")
    return 0


async def _migrate(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    spec, url = package.spec, owner_url(settings)
    try:
        if arguments.new_step:
            await migrations.new_step(spec, url, arguments.new_step)
            return 0
        if arguments.check:
            current = await is_current(url, spec.migrations)
            print(f"{spec.name}: the schema is {'current' if current else 'not current'}")
            return 0 if current else 1
        changed = await migrations.migrate(spec, url, service_role=settings.database_service_role)
        await ensure_topics(settings, spec.name)
    except (Busy, TopicMismatch, BusUnavailable, *GONE) as error:
        raise Refused(_say(error, settings)) from error
    print(f"{spec.name}: {'migrated' if changed else 'nothing to migrate'}")
    return 0


def _say(error: Exception, settings: ServiceSettings) -> str:
    if isinstance(error, Busy):
        return "another process migrates or maintains this database"
    diagnosis = None
    if not isinstance(error, TopicMismatch | BusUnavailable):
        diagnosis = diagnose_database(error, URL if settings.migrator_database_url is None else MIGRATOR_URL)
    if diagnosis is not None:
        return str(diagnosis)
    said: BaseException | None = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
    return (str(said) or type(error).__name__).splitlines()[0]
