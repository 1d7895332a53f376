"""A database with the kit's tables and `things`, and the test service's application over it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from fastapi import FastAPI

from shared.auth.access_log import AccessLog
from shared.db.engine import Database, raw_dsn
from shared.http.kit import Kit
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import TABLE, build


class HttpWorld:
    """What a test of the HTTP door looks at: the application, its database, its clock."""

    def __init__(self, owner_url: str, app: FastAPI, database: Database, clock: FrozenClock) -> None:
        self.owner_url = owner_url
        self.app = app
        self.database = database
        self.clock = clock

    @property
    def kit(self) -> Kit:
        """The parts of the application."""
        kit = self.app.state.kit
        assert isinstance(kit, Kit)
        return kit

    async def rows(self, query: str, *args: Any) -> list[asyncpg.Record]:
        """What is committed, seen from a connection outside the application."""
        connection = await asyncpg.connect(raw_dsn(self.owner_url))
        try:
            return await connection.fetch(query, *args)
        finally:
            await connection.close()

    async def count(self, table: str) -> int:
        """Committed rows of a table."""
        return int((await self.rows(f"SELECT count(*) FROM {table}"))[0][0])

    async def execute(self, statement: str) -> None:
        """Change the database from outside; several statements are one transaction."""
        connection = await asyncpg.connect(raw_dsn(self.owner_url))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


async def create_things(owner_url: str) -> None:
    """The test service's own table."""
    connection = await asyncpg.connect(raw_dsn(owner_url))
    try:
        await connection.execute(f"DROP TABLE IF EXISTS things; {TABLE}; GRANT ALL ON things TO PUBLIC")
    finally:
        await connection.close()


@asynccontextmanager
async def things_world(databases: DatabaseOf, **more: Any) -> AsyncIterator[HttpWorld]:
    """The application over this worker's database of the kit, which gets the table `things` for as long."""
    kit = await databases("kit")
    await create_things(kit.owner_url)
    try:
        async with http_world(kit.service_url, owner_url=kit.owner_url, **more) as world:
            yield world
    finally:
        owner = await kit.as_owner()
        await owner.execute("DROP TABLE things CASCADE")
        await owner.close()


@asynccontextmanager
async def http_world(
    url: str, *, owner_url: str | None = None, clock: FrozenClock | None = None, **more: Any
) -> AsyncIterator[HttpWorld]:
    """The application over the database at `url`, with its lifespan and an access log of its own."""
    clock = clock or FrozenClock()
    database = Database(url, pool=6, application="test-http", lock_timeout_ms=2000)
    access_log = AccessLog(raw_dsn(url), writer=f"test-{id(database)}", clock=clock)
    await access_log.start()
    app = build(url, clock=clock, database=database, access_log=access_log, **more)
    try:
        async with app.router.lifespan_context(app):
            yield HttpWorld(owner_url or url, app, database, clock)
    finally:
        await access_log.stop()
        await database.close()
