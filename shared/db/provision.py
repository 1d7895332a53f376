"""One database per service, an owner that migrates it and a role that runs on it: the administrator's part."""

from dataclasses import dataclass

import asyncpg


@dataclass(frozen=True)
class Provision:
    """Names on the server. The owner (migrator) may change the schema; the service role may not."""

    database: str
    owner: str
    role: str

    @classmethod
    def of(cls, service: str, *, database: str | None = None) -> "Provision":
        """The names a service has by default."""
        return cls(database or service, f"{service}_owner", f"{service}_service")


def quoted(identifier: str) -> str:
    """An SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


async def create_roles(admin: asyncpg.Connection, *names: str) -> None:
    """Creates login roles without rights; those that exist stay as they are."""
    for name in names:
        try:
            await admin.execute(f"CREATE ROLE {quoted(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT")
        except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
            continue  # the second: another administrator created it at this very moment


async def create_database(admin: asyncpg.Connection, names: Provision, *, template: str | None = None) -> bool:
    """Creates the database, empty or as a copy of a template; False if it exists. Nobody else may connect to it."""
    exists = await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", names.database)
    if exists is None:
        source = "TEMPLATE template0 ENCODING 'UTF8'" if template is None else f"TEMPLATE {quoted(template)}"
        await admin.execute(
            f"CREATE DATABASE {quoted(names.database)} OWNER {quoted(names.owner)} {source} STRATEGY wal_log"
        )
    await admin.execute(f"REVOKE ALL ON DATABASE {quoted(names.database)} FROM PUBLIC")
    await admin.execute(f"GRANT CONNECT ON DATABASE {quoted(names.database)} TO {quoted(names.role)}")
    return exists is None


async def prepare_schema(inside: asyncpg.Connection, names: Provision) -> None:
    """The owner owns `public`; the service role may look into it and no more. `inside`: an administrator."""
    await inside.execute(f"ALTER SCHEMA public OWNER TO {quoted(names.owner)}")
    await inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    await inside.execute(f"GRANT USAGE ON SCHEMA public TO {quoted(names.role)}")
