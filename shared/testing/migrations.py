"""What every service's migrations must hold; `tests/shared/test_migrations.py` asks it of each service."""

from dataclasses import dataclass

import asyncpg
from sqlalchemy import Table
from sqlalchemy.engine import make_url

from shared.clock import SystemClock
from shared.db.engine import raw_dsn
from shared.db.provision import Provision, create_database, create_roles, prepare_schema, quoted
from shared.migration.migrate import differences, downgrade, is_append_only, migrate, tables_of
from shared.service import ServiceSpec

REFUSED = asyncpg.InsufficientPrivilegeError


@dataclass
class EmptyDatabase:
    """A database that was provisioned and never migrated."""

    spec: ServiceSpec
    names: Provision
    owner_url: str
    service_url: str

    async def upgrade(self) -> bool:
        """As `migrate` does it at a deployment."""
        return await migrate(self.spec, self.owner_url, service_role=self.names.role, clock=SystemClock())

    async def structure(self) -> list[str]:
        """Tables, columns, indexes, constraints and functions, as text: equal lists mean equal schemas."""
        return await _fetch(self.owner_url, _STRUCTURE)


async def provision_empty(spec: ServiceSpec, admin_dsn: str, database: str) -> EmptyDatabase:
    """A fresh database under this name."""
    names = Provision.of(spec.name, database=database)
    base = make_url(admin_dsn).set(drivername="postgresql+asyncpg", database=database)
    admin = await asyncpg.connect(admin_dsn)
    try:
        await create_roles(admin, names.owner, names.role)
        await admin.execute(f"DROP DATABASE IF EXISTS {quoted(database)} WITH (FORCE)")
        await create_database(admin, names)
    finally:
        await admin.close()
    inside = await asyncpg.connect(raw_dsn(base.render_as_string(hide_password=False)))
    try:
        await prepare_schema(inside, names)
    finally:
        await inside.close()
    return EmptyDatabase(
        spec=spec,
        names=names,
        owner_url=base.set(username=names.owner).render_as_string(hide_password=False),
        service_url=base.set(username=names.role).render_as_string(hide_password=False),
    )


async def assert_up_down_up(empty: EmptyDatabase) -> None:
    """Upgrade, downgrade to nothing, upgrade again: the same schema, and nothing left behind in between."""
    before = await empty.structure()
    assert await empty.upgrade()
    first = await empty.structure()
    assert len(first) > len(before)
    assert not await empty.upgrade(), "a second upgrade has nothing to do"
    await downgrade(empty.spec, empty.owner_url)
    left = [line for line in await empty.structure() if "alembic_version" not in line]
    assert left == before, "a downgrade leaves nothing behind"
    assert await empty.upgrade()
    assert await empty.structure() == first


async def assert_models_and_migrations_agree(spec: ServiceSpec, owner_url: str) -> None:
    """`alembic check` has nothing to say."""
    found = await differences(spec, owner_url)
    assert not found, f"{spec.name}: models and migrations differ: {found}"


async def assert_service_role_is_confined(spec: ServiceSpec, service_url: str) -> None:
    """The running service cannot change its schema, nor change or remove what it has logged, nor read elsewhere."""
    connection = await asyncpg.connect(raw_dsn(service_url))
    try:
        for table in (table for target in tables_of(spec) for table in target.sorted_tables):
            await _confined(connection, table)
        for statement in (
            "CREATE TABLE stray (id int)",
            "CREATE SCHEMA stray",
            "CREATE TEMPORARY TABLE stray (id int)",
            "CREATE FUNCTION stray() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "UPDATE alembic_version SET version_num = version_num",
        ):
            await _refused(connection, statement)
    finally:
        await connection.close()


async def _confined(connection: asyncpg.Connection, table: Table) -> None:
    name = quoted(table.name)
    for statement in (
        f"ALTER TABLE {name} ADD COLUMN stray int",
        f"DROP TABLE {name}",
        f"TRUNCATE {name}",
        f"CREATE INDEX stray ON {name} ({quoted(next(iter(table.columns)).name)})",
        f"ALTER TABLE {name} DISABLE TRIGGER ALL",
    ):
        await _refused(connection, statement)
    await connection.execute(f"SELECT 1 FROM {name} LIMIT 0")  # noqa: S608  (a name out of our own metadata)
    rights = await connection.fetchrow(
        "SELECT has_table_privilege($1, 'INSERT') AS i, has_table_privilege($1, 'UPDATE') AS u,"
        " has_table_privilege($1, 'DELETE') AS d, has_table_privilege($1, 'REFERENCES') AS r,"
        " has_table_privilege($1, 'TRIGGER') AS t",
        name,
    )
    assert rights is not None
    changes = not is_append_only(table)
    assert tuple(rights) == (True, changes, changes, False, False), f"{table.name}: {dict(rights)}"
    if is_append_only(table):
        column = quoted(next(iter(table.columns)).name)
        await _refused(connection, f"DELETE FROM {name}")  # noqa: S608
        await _refused(connection, f"UPDATE {name} SET {column} = {column}")  # noqa: S608
        for row in await connection.fetch(_PARTITIONS, table.name):
            await _refused(connection, f"DELETE FROM {quoted(row['name'])}")  # noqa: S608


async def _refused(connection: asyncpg.Connection, statement: str) -> None:
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
    except REFUSED:
        return
    finally:
        await transaction.rollback()
    raise AssertionError(f"the service role may: {statement}")


async def _fetch(url: str, query: str) -> list[str]:
    connection = await asyncpg.connect(raw_dsn(url))
    try:
        return [row["line"] for row in await connection.fetch(query)]
    finally:
        await connection.close()


_PARTITIONS = "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = to_regclass($1)"

_STRUCTURE = """
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
           || ' ' || coalesce(column_default, '-') || ' ' || coalesce(collation_name, '-') AS line
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type ' || typname FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    UNION ALL SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = 'public'
    ORDER BY 1
"""
