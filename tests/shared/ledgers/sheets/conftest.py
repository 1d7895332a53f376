"""Tables of ledgers under test: grid's HTTP with a folder for files, and the worker's long work."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.jobs.context import JobKind
from shared.jobs.runner import run_one
from shared.ledgers.records.wiring import LedgerParts
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
from tests.shared.ledgers.sheets.working import kinds_of

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
    kit = door.kit
    log: Any = door.accesses  # the same three methods
    return kinds_of(kit.spec, kit.settings, parts, committed, kit.crypto, clock, log)


@pytest.fixture
def work(committed: Database, kinds: dict[str, JobKind]) -> Work:
    """Does all the long work that waits."""

    async def run() -> None:
        while await run_one(committed, kinds, stop=asyncio.Event()):
            pass

    return run
