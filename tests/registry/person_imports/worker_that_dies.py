"""A worker that kills itself in an import: `python -m tests.registry.person_imports.worker_that_dies URL FILES`.

Each line of standard input is the number of the step at whose end it dies, all its rows sent and none committed.
"""

import asyncio
import sys
from unittest.mock import patch

from services.registry.features import SPEC
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.imports import work as importing
from shared.jobs.runner import run_one
from shared.testing.clock import FrozenClock
from tests.registry.conftest import settings_at
from tests.registry.person_imports.working import kinds_of
from tests.shared.ledgers.sheets.worker_that_dies import die_as_told
from tests.shared.ledgers.sheets.working import unlogged

BATCH = 60
"""Rows of a step here: few, so that a short list has many."""


async def work(url: str, files: str) -> None:
    database = Database(url, pool=3, application="dies", statement_timeout_ms=60_000)
    settings = settings_at(url).model_copy(update={"files": files})
    crypto, clock = Crypto.from_settings(settings), FrozenClock()
    archive = Archive(FileStore.from_settings(settings, SPEC.name), database, crypto, clock)
    await run_one(database, kinds_of(database, archive, crypto, clock, unlogged()), stop=asyncio.Event())


if __name__ == "__main__":
    patch.object(importing, "BATCH", BATCH).start()
    die_as_told(lambda: asyncio.run(work(*sys.argv[1:])))
