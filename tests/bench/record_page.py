"""record-page: a town's page of records, filtered by a search field, at a million records and at ten thousand.

Two databases of one PostgreSQL, filled by COPY and analysed; the use case of the list, with its scope, the joins of the
filter and the definition in force, on one connection. A record has two search fields.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from deploy.local.stack.postgres import Postgres
from services.grid.features import SPEC
from services.grid.ledgers.service import SURROUNDINGS
from shared.auth.access_log import AccessNotes
from shared.clock import SystemClock
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.ledgers.records.domain import RecordFilter
from shared.ledgers.records.wiring import LedgerParts, record_use_cases
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.migration.migrate import migrate
from shared.testing.doors import a_principal
from shared.testing.settings import settings_for
from tests.bench.harness import Goal, Measure, Outcome, outcome_of
from tests.bench.server import server
from tests.shared.ledgers.records.conftest import Published
from tests.shared.ledgers.records.definitions import MEDIATIONS

PAGE = Goal("record-page", "a filtered page of records at 10⁶ against 10⁴", 1.0, 0.9)
FEW, MANY = 10_000, 1_000_000
ROUNDS, SECONDS, LIMIT = 5, 2.0, 50
AREAS = [f"450481{100 + town}{201 + village}" for town in range(10) for village in range(20)]
KINDS = ("neighbours", "family", "land")
OFFICER = a_principal("county_officer", "450481")
AT, DAY = datetime(2026, 3, 2, 8, tzinfo=UTC), date(2026, 3, 2)
FIRST = 0x0197_0000_0000_7000_8000 << 48

RECORDS = (
    "id", "version", "ledger", "ledger_version", "area", "status", "live", "restricted_topic", "values", "entered",
    "limits", "opened_by", "opened_at", "changed_at",
)  # fmt: skip
INDEX = ("record_id", "field", "position", "ledger", "text", "day")


def records(number: int) -> Iterator[tuple[Any, ...]]:
    for n in range(number):
        values = f'{{"kind": "{KINDS[n % 3]}", "found_on": "2026-03-02", "amount": {n}}}'
        place = AREAS[n * 7919 % len(AREAS)]
        yield (
            UUID(int=FIRST + n), 1, "mediations", 1, place, "registered", True, False, values,
            '{"registered": "2026-03-02T08:00:00Z"}', "[]", "worker", AT, AT,
        )  # fmt: skip


def index(number: int) -> Iterator[tuple[Any, ...]]:
    for n in range(number):
        yield UUID(int=FIRST + n), "kind", 0, "mediations", KINDS[n % 3], None
        yield UUID(int=FIRST + n), "found_on", 0, "mediations", None, DAY


@dataclass
class Book:
    """A database with so many records."""

    database: Database
    crypto: Crypto

    async def rate(self) -> float:
        """Pages a second."""
        parts, clock, pages = LedgerParts(PublishedLedgers, SURROUNDINGS), SystemClock(), 0
        began = time.perf_counter()
        while (now := time.perf_counter()) < began + SECONDS:
            async with self.database.session() as session:
                context = PlainContext(
                    session, clock, Outbox(session, owner=SPEC.name, clock=clock), self.crypto, AccessNotes(clock)
                )
                reads = record_use_cases(context, parts).reads
                criteria = await reads.criteria("mediations", ["kind=land"])
                wanted = RecordFilter(area=AREAS[pages * 20 % len(AREAS)][:9], criteria=criteria)
                found = await reads.page(OFFICER, "mediations", wanted, after=None, limit=LIMIT)
                assert len(found) == LIMIT + 1
            pages += 1
        return pages / (now - began)


async def _book(postgres: Postgres, name: str, number: int) -> Book:
    urls = await postgres.create_service(name)
    await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    owner = await asyncpg.connect(raw_dsn(urls.owner_url))
    try:
        await owner.copy_records_to_table("ledger_records", records=records(number), columns=RECORDS)
        await owner.copy_records_to_table("ledger_index", records=index(number), columns=INDEX)
        await owner.execute("VACUUM ANALYZE")
    finally:
        await owner.close()
    database = Database(urls.service_url, pool=1, application="bench")
    await Published(database).publish(MEDIATIONS)
    return Book(database, Crypto.from_settings(settings_for(SPEC.name, urls.service_url)))


async def _measured(postgres: Postgres) -> Outcome:
    many, few = await _book(postgres, "many", MANY), await _book(postgres, "few", FEW)
    try:
        pairs = [(await many.rate(), await few.rate()) for _ in range(ROUNDS + 1)]
        return outcome_of(pairs[1:], "pages/s")
    finally:
        await many.database.close()
        await few.database.close()


def page() -> Outcome:
    with server() as postgres:
        return asyncio.run(_measured(postgres))


GOALS: dict[Goal, Measure] = {PAGE: page}
