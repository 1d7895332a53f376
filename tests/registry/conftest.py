"""Registry's application over a real database, and clients in every role."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from services.registry.app import create_app
from services.registry.areas.domain import read_divisions
from services.registry.areas.repository import lines
from services.registry.corrections.domain import CorrectionPolicy
from services.registry.features import SPEC
from services.registry.persons.repository.loader import PersonLoader
from services.registry.settings import Settings
from services.registry.wiring import UseCases, use_cases
from shared.auth.access_log import AccessLog, AccessNotes
from shared.auth.lineage import CachedLineage
from shared.auth.principal import Principal
from shared.crypto.extracts import ExtractReader
from shared.crypto.keyring import KeyRing
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.settings import parse_keys
from shared.testing.beginnings import Beginning
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import a_principal
from shared.testing.plugin import DatabaseOf
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, DIVISIONS

Client = Callable[..., AsyncClient]
Work = Callable[[Callable[[UseCases], Awaitable[Any]]], Awaitable[Any]]


def _key(byte: int, length: int) -> str:
    return base64.b64encode(bytes([byte]) * length).decode()


class GrantsAreTheToken:
    """A verifier for tests: the token is the list of grants."""

    async def verify(self, token: str) -> Principal:
        subject, grants = json.loads(base64.urlsafe_b64decode(token))
        return Principal(subject, tuple(grant for role, area in grants for grant in a_principal(role, area).grants))


def token_of(*grants: tuple[str, str], subject: str = "tester") -> str:
    """A token that `GrantsAreTheToken` reads."""
    return base64.urlsafe_b64encode(json.dumps([subject, grants]).encode()).decode()


def settings_over(database: ServiceDatabase) -> Settings:
    """Test keys over this database."""
    return settings_at(database.service_url)


@cache
def settings_at(url: str) -> Settings:
    """Test keys over the database at this address. Shared: nobody changes them."""
    return Settings(
        database_url=url,
        kafka_bootstrap="127.0.0.1:1",
        oidc_issuer="http://127.0.0.1:1",
        field_keys=f"f1:{_key(1, 16)}",
        index_keys=f"i1:{_key(2, 32)}",
        cursor_key="cursor-key-for-tests",
        position_keys=f"p1:{_key(4, 16)}",
        extract_private_key=f"e1:{_key(3, 32)}",
        extract_encryption_keys=f"x1:{_key(4, 32)}",
        rate_per_minute=1000,
    )


@pytest.fixture
def settings(service_database: ServiceDatabase) -> Settings:
    """Test keys; the database is the worker's copy."""
    return settings_over(service_database)


@pytest.fixture
def crypto(settings: Settings) -> Crypto:
    return Crypto.from_settings(settings)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def built(database_of: DatabaseOf) -> FastAPI:
    """The application, built once for each worker: that takes longer than most tests."""
    database = await database_of(SPEC.name)
    return create_app(settings_over(database), database=database.database, verifier=GrantsAreTheToken())


@pytest_asyncio.fixture(loop_scope="session")
async def app(
    built: FastAPI,
    settings: Settings,
    clock: FrozenClock,
    committed: Database,
    service_database: ServiceDatabase,
    tmp_path: Path,
) -> AsyncIterator[FastAPI]:
    """The application with true commits and a kit of this test's own; the database is emptied afterwards."""
    access_log = AccessLog(raw_dsn(service_database.service_url), writer="test", clock=clock)
    await access_log.start()
    kept = settings.model_copy(update={"files": str(tmp_path)})
    built.state.kit = replace(
        built.state.kit,
        settings=settings,
        clock=clock,
        database=committed,
        access_log=access_log,
        crypto=(crypto := Crypto.from_settings(settings)),
        archive=Archive(FileStore.from_settings(kept, SPEC.name), committed, crypto, clock),
        lineage=CachedLineage(committed, lines, clock),
        verifier=GrantsAreTheToken(),  # a test may have put another one into the kit
    )
    built.state.person_loader = PersonLoader(lambda: committed)
    yield built
    await access_log.stop()


@pytest.fixture
def unguarded(app: FastAPI) -> Iterator[None]:
    """The county's policy guards nothing: every field is corrected at once."""
    kept = app.state.correction_policy
    app.state.correction_policy = CorrectionPolicy({})
    yield
    app.state.correction_policy = kept


@pytest_asyncio.fixture(loop_scope="session")
async def client_of(app: FastAPI) -> AsyncIterator[Client]:
    """`client_of("village_clerk", "450481100201")`: a client that shows such a token."""
    clients: list[AsyncClient] = []

    def client(role: str | None = None, area: str = COUNTY, *, subject: str = "tester") -> AsyncClient:
        headers = {"authorization": f"Bearer {token_of((role, area), subject=subject)}"} if role else {}
        made = AsyncClient(transport=ASGITransport(app=app), base_url="http://registry", headers=headers)
        clients.append(made)
        return made

    yield client
    for one in clients:
        await one.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def work(committed: Database, clock: FrozenClock, crypto: Crypto) -> Work:
    """`await work(lambda registry: registry.areas.roots())`: a use case in a transaction of its own, no HTTP."""

    async def do(use: Callable[[UseCases], Awaitable[Any]]) -> Any:
        async with committed.session() as session:
            context = PlainContext(
                session=session,
                clock=clock,
                outbox=Outbox(session, owner=SPEC.name, clock=clock),
                crypto=crypto,
                access=AccessNotes(clock),
            )
            result = await use(use_cases(context))
            await session.commit()
            return result

    return do


async def open_county(work: Work) -> None:
    """A county of two towns with two villages each, opened on `BOOKS_OPENED_ON`."""
    await work(lambda registry: registry.areas.take_over(read_divisions(DIVISIONS), books_opened_on=BOOKS_OPENED_ON))


@pytest.fixture(scope="session")
def opened() -> Beginning:
    """The county's rows on the usual day, made once for each worker."""
    return Beginning("kept_county")


@pytest_asyncio.fixture(loop_scope="session")
async def county(work: Work, clock: FrozenClock, opened: Beginning, service_database: ServiceDatabase) -> None:
    """A county of two towns with two villages each, opened on `BOOKS_OPENED_ON`; of another day it is a new one."""
    if clock.now() == FrozenClock().now():
        await opened(service_database, lambda: open_county(work))
    else:
        await open_county(work)


Events = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest_asyncio.fixture(loop_scope="session")
async def events(committed: Database) -> Events:
    """`await events("registry.person.")`: what stands in the outbox, in order, with type, key, sequence and data."""

    async def read(prefix: str = "", key: str | None = None) -> list[dict[str, Any]]:
        async with committed.session() as session:
            rows = await session.execute(
                text(
                    "SELECT type, key, sequence, revision, payload FROM outbox"
                    " WHERE starts_with(type, :prefix) AND (CAST(:key AS text) IS NULL OR key = :key) ORDER BY id"
                ),
                {"prefix": prefix, "key": key},
            )
            return [
                {"type": row.type, "key": row.key, "sequence": row.sequence, "revision": row.revision}
                | json.loads(row.payload)
                for row in rows
            ]

    return read


@pytest.fixture
def reader(app: FastAPI, settings: Settings) -> ExtractReader:
    """The hall's: it has registry's public keys and the encryption keys."""
    encryption = parse_keys(settings.extract_encryption_keys.get_secret_value(), length=32, name="encryption")
    return ExtractReader(app.state.extract_writer.public_keys(), KeyRing(encryption))
