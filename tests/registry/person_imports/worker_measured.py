"""A worker whose memory is measured: `python -m tests.registry.person_imports.worker_measured URL FILES`.

For each line of standard input it does all the long work that waits, and prints by how many MiB it has grown at most.
"""

import asyncio
import sys

from services.registry.features import SPEC
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.jobs.runner import run_one
from shared.testing.clock import FrozenClock
from tests.large.peak import peak
from tests.registry.conftest import settings_at
from tests.registry.person_imports.working import kinds_of
from tests.shared.ledgers.sheets.working import unlogged


async def work(url: str, files: str) -> None:
    database = Database(url, pool=3, application="measured", statement_timeout_ms=60_000)
    settings = settings_at(url).model_copy(update={"files": files})
    crypto, clock = Crypto.from_settings(settings), FrozenClock()
    archive = Archive(FileStore.from_settings(settings, SPEC.name), database, crypto, clock)
    kinds = kinds_of(database, archive, crypto, clock, unlogged())
    before = peak()
    while await asyncio.to_thread(sys.stdin.readline):
        while await run_one(database, kinds, stop=asyncio.Event()):
            pass
        print(f"{peak() - before:.1f}", flush=True)  # noqa: T201  # the test reads it
    await database.close()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
