"""import-staging, import-final, import-drf: a list of residents in CSV, checked row by row, and taken in.

Ours is the worker's long work from the sealed file: the check (each row read, judged and told; nothing is registered),
then the taking in (each row judged anew, sealed, indexed, with its household, history, postings, events, notes of
access and the mark by which a second delivery is known).

Controls. Of the check: COPY of the same residents ready made, judged and sealed by somebody else, with what their
numbers and names are looked for by (`STAGED`), into a second database. Of the taking in: COPY of all rows that it
writes, ready made as well. And Django REST framework, which checks the rows of the list and creates those very rows by
`bulk_create` (`controls/drf/importing.py`): ready made, so that it neither seals nor makes history.
"""

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
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
from shared.commands.collecting import collect_seldom
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
from tests.bench import drf
from tests.bench.harness import Goal, Measure, Outcome, Round, outcome_of
from tests.bench.processor import Spent, of_postgres
from tests.bench.record_import import Copied, Spending, emptied, spending
from tests.bench.registry_stage import OTHER_CORE, SERVER_CORE
from tests.bench.server import server
from tests.registry.builders import BOOKS_OPENED_ON, DIVISIONS, TOWN, VILLAGE
from tests.registry.person_imports.lists import a_list
from tests.registry.person_imports.working import kinds_of

STAGING = Goal("import-staging", "residents from CSV, each row judged and told, against COPY ready made", 0.40, 0.25)
FINAL = Goal("import-final", "residents from CSV into the live tables, against COPY of those rows", 0.95, 0.5)
DRF = Goal("import-drf", "residents from CSV into the live tables, against DRF and bulk_create of those rows", 25, 10)
STAGED = ("persons", "person_digests", "person_names")
"""A resident as the check has judged them, sealed, and the indexes by which numbers and names are looked for."""
ROWS, ROUNDS = 6_000, 3
UNIT = "residents/s"
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


class Django:
    """DRF's import, in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], postgres: Postgres, table: Path) -> None:
        self._process = process
        self._postmaster = postgres.pid()
        self._table = table

    def taken_in(self) -> Round:
        """Rows a second."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._postmaster is not None
        before = of_postgres(self._postmaster)
        self._process.stdin.write(f"{self._table}\n")
        self._process.stdin.flush()
        count, clock, processor = self._process.stdout.readline().split()
        assert int(count) == ROWS
        spent = Spent(float(processor), of_postgres(self._postmaster) - before)
        return Round(ROWS / float(clock), spent.each(ROWS))


@contextmanager
def django(postgres: Postgres, ours: Register) -> Iterator[Django]:
    table = postgres.folder.parent / "list.csv"
    table.write_bytes(ours.data)
    told = {"SOURCE_DSN": postgres.dsn(database=SPEC.name), "TABLES": ",".join(ours.tables)}
    environment = {**os.environ, **told, "CONTROL_DSN": postgres.dsn(database="control")}
    with subprocess.Popen(
        drf.importing(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield Django(process, postgres, table)
        assert process.stdin is not None
        process.stdin.close()


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


async def _measured(postgres: Postgres, goal: Goal) -> Outcome:
    for name in (SPEC.name, "control"):
        urls = await postgres.create_service(name)
        await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    superuser = await asyncpg.connect(postgres.dsn(database="control"))
    try:
        async with register(postgres, postgres.urls_of(SPEC.name), postgres.folder.parent / "files") as ours:
            collect_seldom()  # as the worker does
            await ours.taken_in()
            if goal is DRF:
                with django(postgres, ours) as control:
                    control.taken_in()
                    return outcome_of([((await ours.taken_in())[1], control.taken_in()) for _ in range(ROUNDS)], UNIT)
            tables, phase = (STAGED, 0) if goal is STAGING else (ours.tables, 1)
            copied = await Copied.of(ours.superuser, superuser, ours.spent, tables, ROWS)
            await copied.copied()
            return outcome_of([((await ours.taken_in())[phase], await copied.copied()) for _ in range(ROUNDS)], UNIT)
    finally:
        await superuser.close()


def _on_two_cores(goal: Goal) -> Outcome:
    cores = os.sched_getaffinity(0)
    with server(core=OTHER_CORE) as postgres:
        os.sched_setaffinity(0, {SERVER_CORE})
        try:
            return asyncio.run(_measured(postgres, goal))
        finally:
            os.sched_setaffinity(0, cores)


def _of(goal: Goal) -> Measure:
    return lambda: _on_two_cores(goal)


GOALS: dict[Goal, Measure] = {goal: _of(goal) for goal in (STAGING, FINAL, DRF)}
