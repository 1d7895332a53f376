"""hall-worklist: a page of a village's tasks in a hall that holds a hundred thousand cases, and in one of a thousand.

Two databases of one PostgreSQL; the use case of the list with its scope, on one connection. A thousand cases are open
in both, a hundred in each village; the others of the large hall lie in the archive. `CASES=1000000` measures at 10⁶.
"""

import asyncio
import os
import time
from dataclasses import dataclass

import asyncpg

from deploy.local.stack.postgres import Postgres
from services.services_hall.features import SPEC
from services.services_hall.tasks.domain import TaskFilter
from services.services_hall.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.clock import SystemClock, today
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.migration.migrate import migrate
from shared.testing.doors import a_principal
from shared.testing.settings import settings_for
from tests.bench.harness import Goal, Measure, Outcome, outcome_of
from tests.bench.server import server

FLAT = Goal("hall-worklist", "a page of a village's tasks in a large hall against one of 10³ cases", 1.0, 0.9)
FEW, MANY = 1_000, int(os.environ.get("CASES") or 100_000)
VILLAGES = 10
ROUNDS, SECONDS, LIMIT = 5, 2.0, 50

_ITEM = """
    INSERT INTO items (id, version, code, department, category, target, status, published_version)
    VALUES (uuid_in('0197d0c0-6001-7a10-9c3e-0a4b5c6d7e8f'), 1, 'BENCH', 'civil_affairs', 'social_assistance',
            'natural_person', 'published', 1)
"""
_VERSION = """
    INSERT INTO item_versions (item_id, number, name, handling_mode, statutory_days, promised_days, levels, conditions,
                               materials, fee_fen, published_at, published_by)
    SELECT id, 1, 'bench', 'within_promise', 20, 5, '[12]', '[]', '[]', 0, now(), 'bench' FROM items
"""
_CASES = """
    INSERT INTO cases (id, version, number, item_id, item_version, department, category, area, status, submitted_at,
                       submitted_by, received_at, accepted_at, promised_days, due_on, materials, parties, pauses,
                       consents, handovers, marks, former)
    SELECT gen_random_uuid(), 3, 'N' || n, items.id, 1, 'civil_affairs', 'social_assistance',
           '450481114' || (201 + n / $2::int % $3::int), CASE WHEN n % $2 = 0 THEN 'accepted' ELSE 'archived' END,
           now(), 'bench', now(), now(), 5, current_date + (n % 40)::int, '[]', '[]', '[]', '[]', '[]', '[]', '[]'
    FROM generate_series(1, $1::int) AS n, items
"""
_TASKS = """
    INSERT INTO case_desks (case_id, kind, area, department, post, ends_on, waits_since)
    SELECT id, 'held', area, department, 'review', due_on, now() FROM cases WHERE status = 'accepted'
"""


@dataclass
class Hall:
    """A hall that holds so many cases."""

    database: Database
    crypto: Crypto

    async def rate(self) -> float:
        """Pages a second."""
        clock, pages = SystemClock(), 0
        began = time.perf_counter()
        while (now := time.perf_counter()) < began + SECONDS:
            clerk = a_principal("village_clerk", f"450481114{201 + pages % VILLAGES}")
            async with self.database.session() as session:
                outbox = Outbox(session, owner=SPEC.name, clock=clock)
                hall = use_cases(PlainContext(session, clock, outbox, self.crypto, AccessNotes(clock)))
                wanted = TaskFilter(clerk.subject, today(clock))
                found = await hall.tasks.page(clerk, None, wanted, after=None, limit=LIMIT)
                assert len(found) == LIMIT + 1
            pages += 1
        return pages / (now - began)


async def _hall(postgres: Postgres, name: str, number: int) -> Hall:
    urls = await postgres.create_service(name)
    await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    owner = await asyncpg.connect(raw_dsn(urls.owner_url))
    try:
        for statement in (_ITEM, _VERSION):
            await owner.execute(statement)
        await owner.execute(_CASES, number, number // FEW, VILLAGES, timeout=900)
        await owner.execute(_TASKS, timeout=900)
        await owner.execute("VACUUM ANALYZE", timeout=900)
    finally:
        await owner.close()
    database = Database(urls.service_url, pool=1, application="bench")
    return Hall(database, Crypto.from_settings(settings_for(SPEC.name, urls.service_url)))


async def _measured(postgres: Postgres) -> Outcome:
    many = await _hall(postgres, "many", MANY)
    few = await _hall(postgres, "few", FEW)
    try:
        pairs = [(await many.rate(), await few.rate()) for _ in range(ROUNDS + 1)]
        return outcome_of(pairs[1:], "pages/s")
    finally:
        await many.database.close()
        await few.database.close()


def flat() -> Outcome:
    with server() as postgres:
        return asyncio.run(_measured(postgres))


GOALS: dict[Goal, Measure] = {FLAT: flat}
