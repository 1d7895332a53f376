"""Tables of items under test: the hall's HTTP with a folder for files, and the worker's long work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.services_hall.features import SPEC
from services.services_hall.item_tables.jobs import items_in
from shared.imports.taking import ImportParts
from shared.imports.work import import_kinds
from shared.jobs.runner import run_one
from shared.messaging.context import PlainContext
from shared.process import plain_context
from shared.testing.doors import Door

Work = Callable[[], Awaitable[None]]


@pytest.fixture
def do_work(door: Door) -> Work:
    """Does all the long work that waits."""
    kit = door.kit

    def context_of(session: Any) -> PlainContext:
        return plain_context(session, SPEC, kit.clock, kit.crypto)

    parts = ImportParts(
        targets=[items_in(kit.settings)],
        database=kit.database,
        archive=kit.archive,
        crypto=kit.crypto,
        clock=kit.clock,
        access_log=kit.access_log,
        lineage=SPEC.lineage,
        context_of=context_of,
        rate_per_minute=1_000,
    )
    kinds = {kind.name: kind for kind in import_kinds(parts)}

    async def run() -> None:
        while await run_one(kit.database, kinds, stop=asyncio.Event()):
            pass

    return run
