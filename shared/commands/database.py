"""The service's own database connections for a verb."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.commands.package import Package, Refused
from shared.db.diagnosis import diagnose_database
from shared.db.engine import GONE, Database
from shared.settings import ServiceSettings


@asynccontextmanager
async def database_of(package: Package, settings: ServiceSettings) -> AsyncIterator[Database]:
    """Connection pool of one verb, under the service role."""
    database = Database(
        settings.database_url.get_secret_value(),
        pool=2,
        application=f"{package.service}-cli",
        statement_timeout_ms=settings.statement_timeout_ms,
        lock_timeout_ms=settings.lock_timeout_ms,
    )
    try:
        yield database
    except GONE as error:
        diagnosis = diagnose_database(error)
        if diagnosis is None:
            raise
        raise Refused(str(diagnosis)) from error
    finally:
        await database.close()
