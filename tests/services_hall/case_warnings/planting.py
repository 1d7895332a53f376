"""Many open cases, written at once; workers that scan them; what was warned about."""

import asyncio
import subprocess
import sys
from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from shared.db.engine import Database
from shared.testing.clock import FrozenClock

_CASES = text(
    """
    INSERT INTO cases (id, version, number, item_id, item_version, department, category, area, status, submitted_at,
                       submitted_by, received_at, accepted_at, promised_days, due_on, materials, parties, pauses,
                       consents, handovers, marks, former)
    SELECT gen_random_uuid(), 3, 'N' || n, CAST(:item AS uuid), 1, 'civil_affairs', 'social_assistance', :area,
           'accepted', :at, 'planted', :at, :at, 5, :due, '[]', '[]', '[]', '[]', '[]', '[]', '[]'
    FROM generate_series(1, :many) AS n
    """
)


async def plant(database: Database, item: str, area: str, many: int, *, at: datetime, due: date) -> None:
    """So many accepted cases that are due on a day."""
    given = {"item": item, "area": area, "many": many, "at": at, "due": due}
    async with database.session() as session:
        await session.execute(_CASES, given)
        await session.commit()


def a_worker(url: str, clock: FrozenClock, batch: int, *how: str) -> subprocess.Popen[str]:
    """A process that scans, once it says that it has started."""
    command = [sys.executable, "-m", "tests.services_hall.case_warnings.scanning_process", url, clock.now().isoformat()]
    worker = subprocess.Popen([*command, str(batch), *how], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "started\n"
    return worker


def says(worker: subprocess.Popen[str]) -> str:
    """The next line that a worker says."""
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


async def warned(database: Database) -> Counter[tuple[str, str]]:
    """How often each case was warned about by each rule, by committed warnings."""
    async with database.session() as session:
        rows = await session.execute(text("SELECT case_id, rule_id FROM case_warnings"))
        return Counter((str(row.case_id), str(row.rule_id)) for row in rows)


async def told(database: Database) -> Counter[str]:
    """How often each warning was announced."""
    async with database.session() as session:
        rows = await session.scalars(text("SELECT key FROM outbox WHERE noun = 'services_hall.case_warning'"))
        return Counter(str(one) for one in rows)


async def until(database: Database, many: int, seconds: float) -> Any:
    """What was warned about once so many were, or the time is over."""
    for _ in range(int(seconds * 5)):
        found = await warned(database)
        if sum(found.values()) >= many:
            return found
        await asyncio.sleep(0.2)
    return await warned(database)
