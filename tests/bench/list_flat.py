"""list-flat: a page of a village's residents, in a register of a million persons and in one of ten thousand.

Two databases of one PostgreSQL; the use case of the list with its scope, on one connection, masked fields opened. The
villages are as large in both as they are in a county: one has more of them.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from deploy.local.stack.postgres import Postgres
from services.registry.areas.domain import read_divisions
from services.registry.features import SPEC
from services.registry.persons.domain import PersonRecord
from services.registry.persons.service.disclosures import MASKED
from services.registry.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.clock import SystemClock
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.migration.migrate import migrate
from shared.testing.doors import a_principal
from shared.testing.settings import settings_for
from tests.bench.harness import Goal, Measure, Outcome, outcome_of
from tests.bench.server import server
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, DIVISIONS, TOWN, VILLAGE, a_division, a_new_person

FLAT = Goal("list-flat", "a page of a village's residents at 10⁶ persons against 10⁴", 1.0, 0.9)
FEW, MANY, OF_A_VILLAGE = 10_000, 1_000_000, 2_500
ROUNDS, SECONDS, LIMIT = 5, 2.0, 50
OFFICER = a_principal("county_officer", COUNTY)

_COPIES = """
    INSERT INTO persons ({columns})
    SELECT {values} FROM generate_series(1, $1::bigint) AS n, persons AS pattern WHERE pattern.id = $2
"""
_ID = "(lpad(to_hex(n >> 16), 8, '0') || '-' || lpad(to_hex(n & 65535), 4, '0') || '-7000-8000-000000000000')::uuid"


@dataclass
class Register:
    """A register of so many persons, in villages of 2,500."""

    database: Database
    crypto: Crypto
    villages: Sequence[str]

    async def rate(self) -> float:
        """Pages a second."""
        clock, pages = SystemClock(), 0
        began = time.perf_counter()
        while (now := time.perf_counter()) < began + SECONDS:
            async with self.database.session() as session:
                outbox = Outbox(session, owner=SPEC.name, clock=clock)
                registry = use_cases(PlainContext(session, clock, outbox, self.crypto, AccessNotes(clock)))
                village = self.villages[pages * 7919 % len(self.villages)]
                found = await registry.persons.page(
                    OFFICER, village, Book.RESIDENCE, PersonStatus.ACTIVE, after=None, limit=LIMIT
                )
                assert len(found) == LIMIT + 1
            pages += 1
        return pages / (now - began)


async def _register(postgres: Postgres, name: str, number: int) -> Register:
    urls = await postgres.create_service(name)
    await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    database = Database(urls.service_url, pool=1, application="bench")
    crypto, clock = Crypto.from_settings(settings_for(SPEC.name, urls.service_url)), SystemClock()
    villages = [f"{TOWN}{300 + n}" for n in range(number // OF_A_VILLAGE)]
    divisions = [*DIVISIONS, *(a_division(code, f"第{n}村委会") for n, code in enumerate(villages))]
    async with database.session() as session:
        outbox = Outbox(session, owner=SPEC.name, clock=clock)
        registry = use_cases(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
        await registry.areas.take_over(read_divisions(divisions), books_opened_on=BOOKS_OPENED_ON)
        (pattern,) = await registry.admissions.admit([a_new_person()])
        await session.commit()
    owner = await asyncpg.connect(raw_dsn(urls.owner_url))
    try:
        names = [row["attname"] for row in await owner.fetch(_COLUMNS)]
        village = f"'{TOWN}' || (300 + n % {len(villages)})"
        values = {"id": _ID, "residence_area": village, "changed_in": "NULL"}
        columns, copied = ", ".join(names), ", ".join(values.get(one, f"pattern.{one}") for one in names)
        await owner.execute(_COPIES.format(columns=columns, values=copied), number, pattern.id, timeout=600)
        await _seal_first_pages(owner, crypto, pattern)
        await owner.execute("VACUUM ANALYZE", timeout=600)
    finally:
        await owner.close()
    return Register(database, crypto, villages)


async def _seal_first_pages(owner: asyncpg.Connection, crypto: Crypto, pattern: PersonRecord) -> None:
    """What a page opens: a sealed value opens for its own row alone. The others of a village stay shut."""
    shown = crypto.open(pattern.masked_sealed, field=MASKED, owner=pattern.id)
    ids = [row["id"] for row in await owner.fetch(_FIRST, LIMIT + 1, timeout=600)]
    sealed = [(one, crypto.seal(shown, field=MASKED, owner=one)) for one in ids]
    await owner.executemany("UPDATE persons SET masked_sealed = $2 WHERE id = $1", sealed, timeout=600)


_FIRST = """
    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY residence_area ORDER BY id) AS place FROM persons) AS one
    WHERE place <= $1
"""
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = 'persons'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


async def _measured(postgres: Postgres) -> Outcome:
    many, few = await _register(postgres, "many", MANY), await _register(postgres, "few", FEW)
    try:
        pairs = [(await many.rate(), await few.rate()) for _ in range(ROUNDS + 1)]
        return outcome_of(pairs[1:], "pages/s")
    finally:
        await many.database.close()
        await few.database.close()


def flat() -> Outcome:
    with server() as postgres:
        return asyncio.run(_measured(postgres))


assert VILLAGE.startswith(TOWN)

GOALS: dict[Goal, Measure] = {FLAT: flat}
