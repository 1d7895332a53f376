"""Tables of ledgers under test: grid's HTTP with a folder for files, and the worker's long work."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.imports.work import ImportParts, import_kinds
from shared.jobs.context import JobKind
from shared.jobs.runner import run_one
from shared.ledgers.records.wiring import LedgerParts
from shared.ledgers.sheets.exporting import export_kind
from shared.ledgers.sheets.intake import record_target
from shared.messaging.context import PlainContext
from shared.process import plain_context
from shared.service import ServiceSpec
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.shared.ledgers.doors import door_of
from tests.shared.ledgers.records.conftest import (  # noqa: F401  (fixtures)
    Published,
    arrivals,
    facts,
    opened,
    parts,
    published,
    send,
    service_name,
    villages,
)

Work = Callable[[], Awaitable[None]]


@pytest.fixture
def door(
    committed: Database,
    service_database: ServiceDatabase,
    clock: FrozenClock,
    published: Published,  # noqa: F811
    tmp_path: Path,
) -> Door:
    return door_of(committed, service_database, clock, files=str(tmp_path))


@pytest.fixture
def kinds(
    door: Door,
    committed: Database,
    clock: FrozenClock,
    crypto: Crypto,
    parts: LedgerParts,  # noqa: F811
) -> dict[str, JobKind]:
    """The kinds of long work, as the worker makes them."""
    spec: ServiceSpec = door.kit.spec

    def context_of(session: Any) -> PlainContext:
        return plain_context(session, spec, clock, door.kit.crypto)

    given = ImportParts(
        targets=[record_target(parts)],
        database=committed,
        archive=Archive(FileStore.from_settings(door.kit.settings, spec.name), committed, door.kit.crypto, clock),
        crypto=door.kit.crypto,
        clock=clock,
        access_log=door.accesses,  # type: ignore[arg-type]  # the same three methods
        context_of=context_of,
    )
    return {kind.name: kind for kind in (*import_kinds(given), export_kind(given, parts))}


@pytest.fixture
def work(committed: Database, kinds: dict[str, JobKind]) -> Work:
    """Does all the long work that waits."""

    async def run() -> None:
        while await run_one(committed, kinds, stop=asyncio.Event()):
            pass

    return run
