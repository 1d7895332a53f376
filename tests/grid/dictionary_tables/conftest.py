"""Tables of the dictionary under test: grid's HTTP with a folder for files, and the worker's long work."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.grid.dictionary_tables.jobs import DICTIONARIES
from services.grid.features import SPEC
from shared.db.engine import Database
from shared.imports.taking import ImportParts
from shared.imports.work import import_kinds
from shared.jobs.runner import run_one
from shared.messaging.context import PlainContext
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.shared.ledgers.doors import door_of

Work = Callable[[], Awaitable[None]]


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock, tmp_path: Path) -> Door:
    return door_of(committed, service_database, clock, files=str(tmp_path))


def worked(door: Door) -> Work:
    """Does all the long work that waits."""
    kit = door.kit
    log: Any = door.accesses

    def context_of(session: Any) -> PlainContext:
        return plain_context(session, SPEC, kit.clock, kit.crypto)

    parts = ImportParts(
        targets=[DICTIONARIES],
        database=kit.database,
        archive=kit.archive,
        crypto=kit.crypto,
        clock=kit.clock,
        access_log=log,
        lineage=SPEC.lineage,
        context_of=context_of,
        rate_per_minute=1_000,
    )
    kinds = {kind.name: kind for kind in import_kinds(parts)}

    async def run() -> None:
        while await run_one(kit.database, kinds, stop=asyncio.Event()):
            pass

    return run


@pytest.fixture
def do_work(door: Door) -> Work:
    return worked(door)
