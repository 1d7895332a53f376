"""Three workers, one of which is killed (kill -9) in a sweep: every rule fires once for every incident."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from services.grid.escalations.models import Escalation
from services.grid.incidents.models import Incident
from shared.clock import SHANGHAI
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.grid.builders import COUNTY_OFFICER, FIRST_GRID
from tests.grid.escalations.escalating import laid_down, retire_all

MONDAY = datetime(2026, 3, 16, 9, tzinfo=SHANGHAI)
NOW = datetime(2026, 4, 20, 10, tzinfo=SHANGHAI)
STATUSES = ("filed", "dispatched", "accepted", "feedback")


async def stand_still(database: Database, incidents: int) -> dict[str, str]:
    """Open incidents, each a minute younger than the one before, in turn not dispatched, dispatched, accepted, done."""
    rows: list[dict[str, Any]] = []
    for number in range(incidents):
        filed = MONDAY + timedelta(seconds=number)
        rows.append(
            {
                "id": new_id(),
                "area": FIRST_GRID,
                "source": "patrol",
                "category": "environment",
                "severity": "normal",
                "reporter": "u-1",
                "status": STATUSES[number % len(STATUSES)],
                "dictionary_version": 1,
                "reported_at": filed,
                "filed_at": filed,
                "due_at": filed + timedelta(days=2),
                "due_provisional": False,
                "returns": 0,
                "reworks": 0,
                "version": 1,
            }
        )
    async with database.session() as session:
        for begin in range(0, incidents, 1_000):
            await session.execute(insert(Incident), rows[begin : begin + 1_000])
        await session.commit()
    return {str(row["id"]): str(row["status"]) for row in rows}


@asynccontextmanager
async def a_worker(url: str, batch: int, dies: int = 0) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.grid.escalations.worker_that_sweeps"),
        *(url, NOW.isoformat(), str(batch), str(dies)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def heard(process: asyncio.subprocess.Process, line: str) -> None:
    assert process.stdout is not None
    assert (await process.stdout.readline()).decode().strip() == line


async def fired(database: Database) -> int:
    async with database.session() as session:
        return await session.scalar(text("SELECT count(*) FROM escalations")) or 0


async def every_rule_fires_once(door: Door, database: Database, url: str, incidents: int, batch: int) -> None:
    async with door.client(COUNTY_OFFICER) as county:
        await retire_all(county)
        rules = [
            await laid_down(county, level=1),
            await laid_down(county, threshold=3, unit="work_day", level=2),
            await laid_down(county, metric="unassigned", threshold=4),
        ]
    open_ones = await stand_still(database, incidents)
    expected = 2 * incidents + sum(status == "filed" for status in open_ones.values())
    async with a_worker(url, batch, dies=2) as dying:
        await heard(dying, "working")
        await heard(dying, "dying")  # one run is committed, the next one is not
        async with a_worker(url, batch) as second, a_worker(url, batch) as third:
            for process in (second, third):
                await heard(process, "working")
            begun = await fired(database)
            assert 0 < begun < expected
            dying.send_signal(signal.SIGKILL)
            assert await dying.wait() == -signal.SIGKILL
            async with asyncio.timeout(900):
                while await fired(database) < expected:
                    await asyncio.sleep(0.1)
            await asyncio.sleep(0.5)  # they go on sweeping, and find nothing
    async with database.session() as session:
        found = Counter(
            (str(row.incident_id), str(row.rule_id))
            for row in await session.execute(select(Escalation.incident_id, Escalation.rule_id))
        )
        told = (await session.execute(text(TOLD))).all()
    by_rule = [str(rule["id"]) for rule in rules]
    assert found == Counter(
        (incident, rule)
        for incident, status in open_ones.items()
        for number, rule in enumerate(by_rule)
        if number < 2 or status == "filed"
    )
    assert Counter((row.incident, row.rule) for row in told) == found  # each was announced once
    ages = {incident: number for number, incident in enumerate(open_ones)}
    for rule in by_rule:
        order = [ages[row.incident] for row in told if row.rule == rule]
        assert order == sorted(order)


TOLD = """
    SELECT convert_from(payload, 'UTF8')::jsonb->'state'->>'incident_id' AS incident,
      convert_from(payload, 'UTF8')::jsonb->'state'->>'rule_id' AS rule
    FROM outbox WHERE noun = 'grid.escalation' ORDER BY id
"""


@pytest.mark.usefixtures("villages")
async def test_every_rule_fires_once_whoever_is_killed(
    door: Door, committed: Database, service_database: ServiceDatabase
) -> None:
    await every_rule_fires_once(door, committed, service_database.service_url, incidents=60, batch=10)


@pytest.mark.large
@pytest.mark.usefixtures("villages")
async def test_every_rule_fires_once_for_ten_thousand_incidents(
    door: Door, committed: Database, service_database: ServiceDatabase
) -> None:
    await every_rule_fires_once(door, committed, service_database.service_url, incidents=10_000, batch=500)
