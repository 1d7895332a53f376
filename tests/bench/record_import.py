"""record-import: records of a ledger from a CSV file into the live tables, against COPY of those very rows.

Ours is the worker's long work, from the sealed file: the table read, each row judged anew, sealed, indexed, with its
history, event, note of access and the mark by which a second delivery is known. The control copies the same rows of the
same tables, ready made and binary, into a second database of one schema. The ledger is the shipped one of disputes.
"""

import asyncio
import io
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import asyncpg

from deploy.local.stack.postgres import Postgres, ServiceUrls
from services.grid.app import create_app
from services.grid.features import ROUTES, SPEC
from services.grid.ledgers.service import SURROUNDINGS
from services.grid.settings import Settings
from shared.auth.access_log import AccessLog
from shared.clock import SystemClock
from shared.commands.collecting import collect_seldom
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.ledgers.records.wiring import LedgerParts
from shared.ledgers.sheets.feature import sheet_feature
from shared.migration.migrate import migrate
from shared.process import plain_context
from shared.testing.doors import Arrivals, Door
from shared.testing.settings import settings_for
from tests.bench.harness import Goal, Measure, Outcome, Round, outcome_of
from tests.bench.processor import Spent, of_postgres
from tests.bench.registry_stage import OTHER_CORE, SERVER_CORE
from tests.bench.server import server
from tests.grid.builders import calendars
from tests.shared.ledgers.shipped.house import AREAS, FIRST, TOWN, VILLAGES, House, definition_of

IMPORT = Goal("record-import", "records from CSV into the live tables, events included, against COPY", 0.5, 0.3)
LEDGER = "disputes"
ROWS, ROUNDS = 10_000, 5
TABLES = (
    "ledger_records", "ledger_record_steps", "ledger_index", "ledger_keys", "outbox", "imported_rows",
    "access_log_batches", "access_log",
)  # fmt: skip
"""What an import writes to, and the control."""


Spending = Callable[[], Spent]
"""Processor seconds of this process and of PostgreSQL until now."""


def spending(postgres: Postgres) -> Spending:
    postmaster = postgres.pid()
    assert postmaster is not None
    return lambda: Spent(time.process_time(), of_postgres(postmaster))


def table(rows: int) -> bytes:
    """A register of disputes: three of its fields are sealed."""
    lines = ["所属区划,纠纷类型,风险等级,发现日期,纠纷事由,调解员,涉及金额（元）,当事人1姓名,当事人1电话,当事人2姓名\n"]
    for n in range(rows):
        kind, risk = ("邻里", "婚姻家庭", "土地山林", "劳资")[n % 4], ("红色", "橙色", "黄色")[n % 3]
        day = f"2026-{1 + n % 9:02}-{1 + n % 28:02}"
        people = f"示例甲,{n}.50,示例乙,138{n:08},示例丙"
        lines.append(f"{VILLAGES[n % len(VILLAGES)]},{kind},{risk},{day},排水沟走向争议第{n}件,{people}\n")
    return "".join(lines).encode()


@dataclass
class Register:
    """Grid with the ledger, and a table that was checked and waits."""

    house: House
    superuser: asyncpg.Connection
    spent: Spending

    async def empty(self) -> None:
        await emptied(self.superuser, TABLES[:6])

    async def taken_in(self) -> Round:
        """Rows a second."""
        await self.empty()
        path = f"/ledgers/{LEDGER}/imports"
        async with self.house.door.client(FIRST) as one:
            file = (await one.post("/files", content=table(ROWS))).json()["id"]
            begun = (await one.post(path, json={"file": file, "area": TOWN})).json()
            await self.house.work()  # the check is a dry run, and not what is measured
            await one.post(f"{path}/{begun['id']}/commit")
            before, began = self.spent(), time.perf_counter()
            await self.house.work()
            took, cost = time.perf_counter() - began, self.spent().since(before)
            done = (await one.get(f"{path}/{begun['id']}")).json()
            assert (done["status"], done["taken"]) == ("done", ROWS), done
        return Round(ROWS / took, cost.each(ROWS))


@dataclass
class Copied:
    """The same rows, ready made, for a database of the same schema."""

    superuser: asyncpg.Connection
    made: dict[str, bytes]
    spent: Spending
    rows: int

    @classmethod
    async def of(
        cls,
        source: asyncpg.Connection,
        superuser: asyncpg.Connection,
        spent: Spending,
        tables: tuple[str, ...] = TABLES,
        rows: int = ROWS,
    ) -> "Copied":
        made = {}
        for name in tables:
            out = io.BytesIO()
            await source.copy_from_query(f"SELECT * FROM {name}", output=out, format="binary")  # names only
            made[name] = out.getvalue()
        return cls(superuser, made, spent, rows)

    async def copied(self) -> Round:
        """Rows a second."""
        await emptied(self.superuser, tuple(self.made))
        before, began = self.spent(), time.perf_counter()
        async with self.superuser.transaction():
            for name, rows in self.made.items():
                await self.superuser.copy_to_table(name, source=io.BytesIO(rows), format="binary")
        return Round(self.rows / (time.perf_counter() - began), self.spent().since(before).each(self.rows))


async def emptied(superuser: asyncpg.Connection, tables: tuple[str, ...]) -> None:
    await superuser.execute("SET session_replication_role = 'replica'")  # a chained log is emptied by nobody else
    await superuser.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    await superuser.execute("SET session_replication_role = 'origin'")


@asynccontextmanager
async def register(postgres: Postgres, urls: ServiceUrls, files: Path) -> AsyncIterator[Register]:
    """Grid as its worker has it, with a real access log."""
    settings, clock = settings_for(SPEC.name, urls.service_url, files=str(files)), SystemClock()
    assert isinstance(settings, Settings)
    database = Database(urls.service_url, pool=4, application="bench")
    door, crypto = Door(create_app(settings, clock=clock, database=database)), Crypto.from_settings(settings)
    log = AccessLog(raw_dsn(urls.service_url), writer="bench", clock=clock, announce=lambda _: None)
    worker = SimpleNamespace(
        spec=SPEC, database=database,
        archive=Archive(FileStore.from_settings(settings, SPEC.name), database, crypto, clock),
        crypto=crypto, clock=clock, access_log=log,
        context_of=lambda session: plain_context(session, SPEC, clock, crypto),
        settings=settings,
    )  # fmt: skip
    feature = sheet_feature(LedgerParts(PublishedLedgers, SURROUNDINGS))
    assert feature.jobs is not None
    kinds = {kind.name: kind for kind in feature.jobs(worker)}
    arrivals = Arrivals(database, ROUTES, owner=SPEC.name, clock=clock, crypto=crypto)
    await log.start()
    superuser = await asyncpg.connect(postgres.dsn(database=SPEC.name))
    try:
        house = House(SPEC.name, database, door, kinds, arrivals)
        await arrivals.take(*AREAS, *calendars())
        await house.publish(definition_of(Path(f"services/grid/ledgers/{LEDGER}")))
        yield Register(house, superuser, spending(postgres))
    finally:
        await superuser.close()
        await log.stop()
        await database.close()


async def _measured(postgres: Postgres) -> Outcome:
    for name in (SPEC.name, "control"):
        urls = await postgres.create_service(name)
        await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    files = postgres.folder.parent / "files"
    superuser = await asyncpg.connect(postgres.dsn(database="control"))
    try:
        async with register(postgres, postgres.urls_of(SPEC.name), files) as ours:
            collect_seldom()  # as the worker does
            await ours.taken_in()
            control = await Copied.of(ours.superuser, superuser, ours.spent)
            await control.copied()
            return outcome_of([(await ours.taken_in(), await control.copied()) for _ in range(ROUNDS)], "records/s")
    finally:
        await superuser.close()


def importing() -> Outcome:
    cores = os.sched_getaffinity(0)
    with server(core=OTHER_CORE) as postgres:
        os.sched_setaffinity(0, {SERVER_CORE})
        try:
            return asyncio.run(_measured(postgres))
        finally:
            os.sched_setaffinity(0, cores)


GOALS: dict[Goal, Measure] = {IMPORT: importing}
