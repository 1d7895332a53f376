"""Migration of a service's database to its newest schema: one migrator at a time, never waiting long for a lock.

Migrations assume that the old code is still running (expand, deploy, backfill, contract). After them the service role
gets exactly what it needs: SELECT, INSERT, UPDATE, DELETE on ordinary tables, SELECT and INSERT on append-only ones. Of
these it may update sealed columns, which a trigger lets be sealed anew under another key and nothing else.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, pool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from shared.clock import Clock, SystemClock
from shared.db import partitions, versions
from shared.db.base import NAMING, AreaText
from shared.db.engine import CONNECT_TIMEOUT, raw_dsn, server_settings
from shared.db.locks import MAINTENANCE, Busy, exclusively
from shared.db.provision import quoted
from shared.db.sealing import sealed_columns
from shared.db.statistics import FILLED_AT_ONCE
from shared.migration.kit_schema import KIT
from shared.service import ServiceSpec

ENVIRONMENT = Path(__file__).parent / "environment"
LOCK_TIMEOUT_MS = 3_000
ATTEMPTS = 5
LOCK_NOT_AVAILABLE = "55P03"


class Targets(list[MetaData]):
    """Several MetaData as Alembic's target, with the naming convention that `op.create_table` shall use."""

    naming_convention = NAMING


def tables_of(spec: ServiceSpec) -> Targets:
    """Everything that stands in a service's database: the kit's tables and its own."""
    return Targets([KIT, spec.metadata])


async def migrate(
    spec: ServiceSpec,
    url: str,
    *,
    service_role: str | None,
    clock: Clock | None = None,
    to: str = "head",
    wait: float = 60.0,
) -> bool:
    """Upgrades to `to` as the owner at `url`, grants, makes partitions ahead. False if nothing was to be upgraded.

    Raises `Busy` if another migrator holds the lock for longer than `wait` seconds.
    """
    async with _administration(url) as connection, exclusively(connection, MAINTENANCE, wait=wait):
        changed = to != "head" or await versions.current(connection) != versions.heads(spec.migrations)
        if changed:
            await _with_patience(spec, url, lambda config: command.upgrade(config, to))
        if service_role is not None:
            await grant(connection, tables_of(spec), service_role)
        await partitions.ahead(connection, tables_of(spec), clock or SystemClock())
    return changed


async def downgrade(spec: ServiceSpec, url: str, to: str = "base") -> None:
    """Downgrade. For tests and for people: no process calls it."""
    async with _administration(url) as connection, exclusively(connection, MAINTENANCE, wait=60):
        await _with_patience(spec, url, lambda config: command.downgrade(config, to))


async def new_step(spec: ServiceSpec, url: str, message: str) -> None:
    """Writes the next numbered migration from the difference between models and database. For developers."""
    known = len(list((spec.migrations / "versions").glob("[0-9]*.py")))
    await _with_patience(
        spec,
        url,
        lambda config: command.revision(config, message, autogenerate=True, rev_id=f"{known + 1:04d}"),
    )


async def differences(spec: ServiceSpec, url: str) -> list[Any]:
    """What `alembic check` would complain about: empty when models and database say the same."""

    def compare(connection: Connection) -> list[Any]:
        options = _options(connection, tables_of(spec))
        configured = MigrationContext.configure(connection, opts=options)
        found: list[Any] = compare_metadata(configured, options["target_metadata"])
        return found

    engine = create_async_engine(url, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


def run_env() -> None:
    """What `shared/migration/environment/env.py` does. `migrate` hands in the connection and the tables."""
    attributes = context.config.attributes
    connection: Connection = attributes["connection"]
    context.configure(
        connection=connection, transaction_per_migration=True, **_options(connection, attributes["tables"])
    )
    with context.begin_transaction():
        context.run_migrations()


async def grant(connection: asyncpg.Connection, targets: Iterable[MetaData], role: str) -> None:
    """Gives the service role what it needs and takes away everything else."""
    existing = {row["relname"] for row in await connection.fetch(_OWN_TABLES)}
    to = quoted(role)
    async with connection.transaction():
        await connection.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {to}")
        await connection.execute(f"GRANT USAGE ON SCHEMA public TO {to}")
        await connection.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {to}")
        if "alembic_version" in existing:
            await connection.execute(f"GRANT SELECT ON alembic_version TO {to}")
        for table in (table for target in targets for table in target.sorted_tables if table.name in existing):
            rights = ", ".join(rights_of(table))
            if table.info.get(FILLED_AT_ONCE) and connection.get_server_version().major >= MAINTAINS:
                rights += ", MAINTAIN"
            await connection.execute(f"GRANT {rights} ON {quoted(table.name)} TO {to}")
            if is_append_only(table) and (kept := sealed_columns(table)):
                # what is sealed there is sealed anew when keys change, and a trigger refuses everything else
                names = ", ".join(map(quoted, kept))
                await connection.execute(f"GRANT UPDATE ({names}) ON {quoted(table.name)} TO {to}")


def rights_of(table: Table) -> tuple[str, ...]:
    """What the service role may do to a table."""
    return ("SELECT", "INSERT") if is_append_only(table) else ("SELECT", "INSERT", "UPDATE", "DELETE")


def is_append_only(table: Table) -> bool:
    """Whether the running service may add to a table and do nothing else to it."""
    return bool(table.info.get("append_only"))


MAINTAINS = 17
"""The first release of PostgreSQL in which a table may be analysed by who does not own it."""

_OWN_TABLES = """
    SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'p') AND NOT relispartition
"""


@contextlib.asynccontextmanager
async def _administration(url: str) -> AsyncIterator[asyncpg.Connection]:
    settings = server_settings("migrate", 0, LOCK_TIMEOUT_MS) | {"idle_in_transaction_session_timeout": "0"}
    connection = await asyncpg.connect(raw_dsn(url), timeout=CONNECT_TIMEOUT, server_settings=settings)
    try:
        yield connection
    finally:
        await connection.close()


async def _with_patience(spec: ServiceSpec, url: str, action: Any) -> None:
    """Runs an Alembic command; a step that could not get its lock is tried again, so that nobody queues behind it."""
    settings = server_settings("migrate", 0, LOCK_TIMEOUT_MS) | {"idle_in_transaction_session_timeout": "0"}
    engine = create_async_engine(url, poolclass=pool.NullPool, connect_args={"server_settings": settings})
    try:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with engine.connect() as connection:
                    await connection.run_sync(_run, spec, action)
                    await connection.commit()
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE or attempt == ATTEMPTS:
                    raise
                await asyncio.sleep(attempt)
            else:
                return
    finally:
        await engine.dispose()


def _run(connection: Connection, spec: ServiceSpec, action: Any) -> None:
    config = Config()
    config.set_main_option("path_separator", "newline")
    config.set_main_option("script_location", str(ENVIRONMENT).replace("%", "%%"))
    config.set_main_option("version_locations", str(spec.migrations / "versions").replace("%", "%%"))
    config.attributes.update(connection=connection, tables=tables_of(spec))
    action(config)


def _options(connection: Connection, tables: Targets) -> dict[str, Any]:
    hidden = set(
        connection.scalars(text("SELECT relname FROM pg_class WHERE relispartition AND relkind IN ('r', 'p')"))
    )

    def include_name(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name not in hidden

    def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
        if kind == "type" and isinstance(item, AreaText):
            autogen.imports.add("from shared.db.base import AreaText")
            return "AreaText()"
        return False

    return {
        "target_metadata": tables,
        "include_name": include_name,
        "render_item": render_item,
        "compare_type": True,
        "compare_server_default": False,
    }


__all__ = ["Busy", "differences", "downgrade", "grant", "is_append_only", "migrate", "new_step", "run_env", "tables_of"]
