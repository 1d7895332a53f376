"""import-staging, import-final: a list of residents in CSV, checked row by row, and taken in, against COPY.

Ours is the worker's long work from the sealed file: the check (each row read, judged and told; nothing is registered),
then the taking in (each row judged anew, sealed, indexed, with its household, history, postings, events, notes of
access and the mark by which a second delivery is known). Controls: COPY of the same file into one table of text
columns; and COPY of those very rows, ready made and binary, into the same tables of a second database.
"""

import asyncio
import io
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from graphlib import TopologicalSorter
from pathlib import Path

import asyncpg

from deploy.local.stack.postgres import Postgres, ServiceUrls
from services.registry.app import create_app
from services.registry.areas.domain import read_divisions
from services.registry.features import SPEC
from services.registry.settings import Settings
from services.registry.wiring import use_cases
from shared.auth.access_log import AccessLog
from shared.clock import SystemClock
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.jobs.context import JobKind
from shared.jobs.runner import run_one
from shared.migration.migrate import migrate
from shared.process import plain_context
from shared.testing.doors import Door, a_principal
from shared.testing.settings import settings_for
from tests.bench.harness import Goal, Measure, Outcome, Round, outcome_of
from tests.bench.record_import import Copied, Spending, emptied, spending
from tests.bench.registry_stage import OTHER_CORE, SERVER_CORE
from tests.bench.server import server
from tests.registry.builders import BOOKS_OPENED_ON, DIVISIONS, TOWN, VILLAGE
from tests.registry.person_imports.lists import a_list
from tests.registry.person_imports.working import kinds_of

STAGING = Goal("import-staging", "residents from CSV, each row judged and told, against COPY of the file", 0.40, 0.25)
FINAL = Goal("import-final", "residents from CSV into the live tables, against COPY of those rows", 0.95, 0.5)
ROWS, ROUNDS = 6_000, 3
OFFICER = a_principal("town_officer", TOWN, subject="importer")
KEPT = ("alembic_version", "areas", "area_names", "files", "jobs", "imports", "import_rows", "import_findings")
"""Tables of what lies there before a list is taken in, and of the work itself."""

_FILLED = """
    SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
      AND NOT relispartition ORDER BY relname
"""
_RESTING = """
    SELECT conrelid::regclass::text AS one, confrelid::regclass::text AS other FROM pg_constraint WHERE contype = 'f'
"""


class Register:
    """Registry as its worker has it, with a real access log, and one list."""

    def __init__(
        self, door: Door, database: Database, kinds: dict[str, JobKind], superuser: asyncpg.Connection, spent: Spending
    ) -> None:
        self._door = door
        self._database = database
        self._kinds = kinds
        self.superuser = superuser
        self.spent = spent
        self.data = a_list(ROWS, wrong=0).data()
        self.tables: tuple[str, ...] = ()

    async def work(self) -> None:
        while await run_one(self._database, self._kinds, stop=asyncio.Event()):
            pass

    async def taken_in(self) -> tuple[Round, Round]:
        """Rows a second, checked and taken in."""
        if self.tables:
            await emptied(self.superuser, self.tables)
        async with self._door.client(OFFICER) as one:
            file = (await one.post("/files", content=self.data)).json()["id"]
            begun = (await one.post("/person-imports", json={"file": file, "area": VILLAGE})).json()
            path = f"/person-imports/{begun['id']}"
            before, began = self.spent(), time.perf_counter()
            await self.work()
            checked = Round(ROWS / (time.perf_counter() - began), self.spent().since(before).each(ROWS))
            assert (await one.get(path)).json()["right"] == ROWS
            await one.post(f"{path}/commit")
            before, began = self.spent(), time.perf_counter()
            await self.work()
            taken = Round(ROWS / (time.perf_counter() - began), self.spent().since(before).each(ROWS))
            assert (await one.get(path)).json()["taken"] == ROWS
        if not self.tables:
            self.tables = await self._written()
        return checked, taken

    async def _written(self) -> tuple[str, ...]:
        names = [row["relname"] for row in await self.superuser.fetch(_FILLED)]
        filled = [
            name
            for name in names
            if name not in KEPT and await self.superuser.fetchval(f"SELECT count(*) FROM {name}") >= ROWS // 10
        ]
        rests_on = {name: set[str]() for name in filled}
        for row in await self.superuser.fetch(_RESTING):
            if row["one"] in rests_on and row["other"] in rests_on and row["one"] != row["other"]:
                rests_on[row["one"]].add(row["other"])
        return tuple(TopologicalSorter(rests_on).static_order())


class Staged:
    """The same file, copied into a table of text columns."""

    def __init__(self, superuser: asyncpg.Connection, data: bytes, spent: Spending) -> None:
        self._superuser = superuser
        self._data = data
        self._spent = spent

    async def copied(self) -> Round:
        """Rows a second."""
        titles = self._data.split(b"\n", 1)[0].decode().split(",")
        columns = ", ".join(f"c{number} text" for number in range(len(titles)))
        await self._superuser.execute(f"DROP TABLE IF EXISTS staged; CREATE TABLE staged ({columns})")
        before, began = self._spent(), time.perf_counter()
        await self._superuser.copy_to_table("staged", source=io.BytesIO(self._data), format="csv", header=True)
        return Round(ROWS / (time.perf_counter() - began), self._spent().since(before).each(ROWS))


@asynccontextmanager
async def register(postgres: Postgres, urls: ServiceUrls, files: Path) -> AsyncIterator[Register]:
    settings, clock = settings_for(SPEC.name, urls.service_url, files=str(files)), SystemClock()
    assert isinstance(settings, Settings)
    database = Database(urls.service_url, pool=4, application="bench")
    door, crypto = Door(create_app(settings, clock=clock, database=database)), Crypto.from_settings(settings)
    log = AccessLog(raw_dsn(urls.service_url), writer="bench", clock=clock, announce=lambda _: None)
    archive = Archive(FileStore.from_settings(settings, SPEC.name), database, crypto, clock)
    async with database.session() as session:
        registry = use_cases(plain_context(session, SPEC, clock, crypto))
        await registry.areas.take_over(read_divisions(DIVISIONS), books_opened_on=BOOKS_OPENED_ON)
        await session.commit()
    await log.start()
    superuser = await asyncpg.connect(postgres.dsn(database=SPEC.name))
    try:
        kinds = kinds_of(database, archive, crypto, clock, log)
        yield Register(door, database, kinds, superuser, spending(postgres))
    finally:
        await superuser.close()
        await log.stop()
        await database.close()


async def _measured(postgres: Postgres, *, final: bool) -> Outcome:
    for name in (SPEC.name, "control"):
        urls = await postgres.create_service(name)
        await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    superuser = await asyncpg.connect(postgres.dsn(database="control"))
    try:
        async with register(postgres, postgres.urls_of(SPEC.name), postgres.folder.parent / "files") as ours:
            await ours.taken_in()
            if not final:
                staged = Staged(superuser, ours.data, ours.spent)
                pairs = [((await ours.taken_in())[0], await staged.copied()) for _ in range(ROUNDS)]
            else:
                control = await Copied.of(ours.superuser, superuser, ours.spent, ours.tables, ROWS)
                await control.copied()
                pairs = [((await ours.taken_in())[1], await control.copied()) for _ in range(ROUNDS)]
            return outcome_of(pairs, "residents/s")
    finally:
        await superuser.close()


def _on_two_cores(*, final: bool) -> Outcome:
    cores = os.sched_getaffinity(0)
    with server(core=OTHER_CORE) as postgres:
        os.sched_setaffinity(0, {SERVER_CORE})
        try:
            return asyncio.run(_measured(postgres, final=final))
        finally:
            os.sched_setaffinity(0, cores)


def staging() -> Outcome:
    return _on_two_cores(final=False)


def final() -> Outcome:
    return _on_two_cores(final=True)


GOALS: dict[Goal, Measure] = {STAGING: staging, FINAL: final}
