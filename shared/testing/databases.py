"""A migrated template per service, a copy of it per worker, and the ways in which a test may use that copy."""

import contextlib
import importlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from sqlalchemy import Column, DateTime, Table, Text, Uuid
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.base import metadata
from shared.db.engine import Database, raw_dsn
from shared.db.provision import Provision, create_database, create_roles, prepare_schema, quoted
from shared.db.session import RowSession
from shared.migration.migrate import migrate
from shared.service import ServiceSpec
from shared.testing.server import Run

EFFECTS = Table(
    "effects",
    metadata(),
    Column("effect", Text(), primary_key=True),
    Column("event_id", Uuid(), primary_key=True),
    Column("happened_at", DateTime(timezone=True), nullable=False),
)
"""What hooks and schedules under test write, so that a test can count how often something happened."""

KIT_ONLY = ServiceSpec(
    name="kit", title="仅工具箱", metadata=EFFECTS.metadata, migrations=Path(__file__).parent / "kit_migrations"
)
"""A service that has nothing but the kit: the kit's own tests run on it."""

SERVICES = Path(__file__).parents[2] / "services"


def existing_services() -> list[str]:
    """The services, by their folders."""
    return sorted(path.parent.name for path in SERVICES.glob("*/wiring.py"))


def spec_of(service: str) -> ServiceSpec:
    """The hub of a service, found by its name: the kit does not import services."""
    if service == KIT_ONLY.name:
        return KIT_ONLY
    spec = importlib.import_module(f"services.{service}.features").SPEC
    assert isinstance(spec, ServiceSpec)
    return spec


@dataclass
class ServiceDatabase:
    """One worker's copy of a service's database."""

    spec: ServiceSpec
    names: Provision
    owner_url: str  # may change the schema
    service_url: str  # what the running service has
    administrator: str  # a superuser's address of this database (libpq form)
    database: Database  # connections as the service role
    _superuser: asyncpg.Connection | None = field(default=None, init=False)

    @contextlib.asynccontextmanager
    async def rolled_back(self) -> AsyncIterator[AsyncSession]:
        """A session inside an outer transaction: commits become savepoints, and at the end nothing has happened."""
        async with self.database.engine.connect() as connection:
            outer = await connection.begin()
            try:
                async with AsyncSession(
                    connection,
                    sync_session_class=RowSession,
                    join_transaction_mode="create_savepoint",
                    expire_on_commit=False,
                ) as session:
                    yield session
            finally:
                await outer.rollback()

    async def as_owner(self) -> asyncpg.Connection:
        """A connection of the owner; the caller closes it."""
        connection: asyncpg.Connection = await asyncpg.connect(raw_dsn(self.owner_url), timeout=10)
        return connection

    async def empty(self, *, patience: str = "10s") -> None:
        """Back to the state after the migrations: rows that a migration brought are there, others are not.

        Raises asyncpg.LockNotAvailableError if a transaction that wrote stays open for longer than `patience`.
        """
        connection = await self.superuser()
        await connection.execute("SELECT set_config('lock_timeout', $1, false)", patience)
        await connection.execute("SELECT seed.empty()")

    async def superuser(self) -> asyncpg.Connection:
        """A connection for which no trigger fires and no foreign key asks for an order; kept until the end."""
        if self._superuser is None or self._superuser.is_closed():
            self._superuser = await asyncpg.connect(self.administrator)
            await self._superuser.execute("SET session_replication_role = 'replica'")
        return self._superuser

    async def close(self) -> None:
        """All connections to it."""
        if self._superuser is not None:
            await self._superuser.close()
        await self.database.close()


_SEEDS = """
DO $$
DECLARE name text; tables text[]; body text; filled boolean; number bigint; called boolean;
BEGIN
    CREATE SCHEMA seed;
    tables := ARRAY(SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition AND relname <> 'alembic_version' ORDER BY relname);
    SELECT format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE;', string_agg(format('public.%I', one), ', '))
        INTO body FROM unnest(tables) AS one;
    body := body || '
        FOR big IN SELECT oid::regclass FROM pg_class WHERE relnamespace = ''public''::regnamespace AND relkind = ''r''
            AND relname <> ''alembic_version'' AND pg_relation_size(oid) > 300000
        LOOP EXECUTE format(''TRUNCATE %s CASCADE'', big); END LOOP;';
    FOREACH name IN ARRAY tables LOOP
        body := body || format('DELETE FROM public.%I;', name);
    END LOOP;
    FOREACH name IN ARRAY tables LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE seed.%I AS TABLE public.%I', name, name);
            body := body || format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE TABLE seed.%I;', name, name);
        END IF;
    END LOOP;
    FOR name IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' LOOP
        EXECUTE format('SELECT last_value, is_called FROM %s', name) INTO number, called;
        body := body || format('PERFORM setval(%L, %s, %L);', name, number, called);
    END LOOP;
    EXECUTE format('CREATE FUNCTION seed.empty() RETURNS void LANGUAGE plpgsql AS %L',
        'DECLARE big regclass; BEGIN ' || body || ' END');
END $$
"""
"""Makes `seed.empty()`, whose plans a connection keeps: to truncate forty tables and their partitions takes a server a
tenth of a second, longer than most tests. What has grown is still truncated, else every later test would read the dead
rows. It is called in a session whose `session_replication_role` is `replica`: no foreign key asks for an order, no
trigger fires.
"""


async def copy_of(service: str, *, run: Run, admin_dsn: str, worker: str, pool: int = 10) -> ServiceDatabase:
    """A worker's own copy of the service's template, which the first worker makes with the service's migrations."""
    spec = spec_of(service)
    template = Provision.of(service, database=f"{run.prefix}_{service}")
    mine = Provision.of(service, database=f"{run.prefix}_{service}_{worker}")
    with run.locked(service) as done:
        admin = await asyncpg.connect(admin_dsn)
        try:
            if not done.exists():
                await _make_template(admin, admin_dsn, spec, template)
                done.touch()
            await create_database(admin, mine, template=template.database)
        finally:
            await admin.close()
    service_url = _url(admin_dsn, user=mine.role, database=mine.database)
    return ServiceDatabase(
        spec=spec,
        names=mine,
        owner_url=_url(admin_dsn, user=mine.owner, database=mine.database),
        service_url=service_url,
        administrator=raw_dsn(_url(admin_dsn, user="", database=mine.database)),
        database=Database(service_url, pool=pool, application=f"test-{service}"),
    )


async def _make_template(admin: asyncpg.Connection, admin_dsn: str, spec: ServiceSpec, names: Provision) -> None:
    await create_roles(admin, names.owner, names.role)
    await admin.execute(f"DROP DATABASE IF EXISTS {quoted(names.database)} WITH (FORCE)")
    await create_database(admin, names)
    inside = await asyncpg.connect(raw_dsn(_url(admin_dsn, user="", database=names.database)))
    try:
        await prepare_schema(inside, names)
        owner_url = _url(admin_dsn, user=names.owner, database=names.database)
        await migrate(spec, owner_url, service_role=names.role)
    finally:
        await inside.close()
    owner = await asyncpg.connect(raw_dsn(owner_url))
    try:
        await owner.execute(_SEEDS)
    finally:
        await owner.close()


def _url(admin_dsn: str, *, user: str, database: str) -> str:
    url = make_url(admin_dsn).set(drivername="postgresql+asyncpg", database=database)
    return (url.set(username=user) if user else url).render_as_string(hide_password=False)
