"""Hostile callers of grid's own operations, all of them at once: whoever works there is served, and nobody gets a 503.

`make bench` has the ratio of what they take (`hostile-wait`); this says that they are served at all.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from shared.auth.principal import Principal
from shared.db.engine import raw_dsn
from shared.http import lookout
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door, a_principal
from shared.testing.positions import a_position
from tests.grid.builders import COUNTY_OFFICER, VILLAGE, WAITING, WORKER, an_area, an_incident

REPORT = {"source": "resident", "category": "environment", "severity": "normal", "area": VILLAGE}
NEVER = a_position(("registry.area", VILLAGE, 2**40))
WAITER, INVENTOR = (a_principal("resident", "450481", subject=name) for name in ("waits", "invents"))
COUNTER, LOCKER = (a_principal("county_officer", "450481", subject=name) for name in ("counts", "locks"))
EACH = 16


@asynccontextmanager
async def held(database: ServiceDatabase, incident: str) -> AsyncIterator[None]:
    """Somebody is at the visits as a whole and at one incident, and does not end: who counts or steps these waits."""
    holder = await asyncpg.connect(raw_dsn(database.owner_url))
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE visits IN ACCESS EXCLUSIVE MODE")
            await holder.execute("SELECT 1 FROM incidents WHERE id = $1 FOR UPDATE", incident)
            yield
    finally:
        await holder.close()


def besiege(one: dict[str, httpx.AsyncClient], incident: str) -> list["asyncio.Task[httpx.Response]"]:
    """Each hostile caller's requests, none of which ends by itself."""
    key = {"Idempotency-Key": "one"}

    def reports(who: str, position: str) -> list[Coroutine[Any, Any, httpx.Response]]:
        asked = {"params": {"min_position": position}, "json": REPORT, "headers": key}
        return [one[who].post("/incidents", **asked) for _ in range(EACH)]  # type: ignore[arg-type]

    asked = reports("waits", NEVER) + reports("invents", NEVER[:-8] + "AAAAAAAA")
    asked += [one["counts"].get("/visits/count") for _ in range(EACH)]
    asked += [one["locks"].post(f"/incidents/{incident}/file", json={}) for _ in range(EACH)]
    return [asyncio.create_task(request) for request in asked]


async def served(client: httpx.AsyncClient) -> None:
    """A worker's day: looks, reports, reads what was reported, counts."""
    for _ in range(3):
        made = await client.post("/incidents", json=an_incident())
        assert made.status_code == 201, made.text
        for path in (f"/incidents/{made.json()['id']}", "/incidents", "/incidents/count", "/grids"):
            answer = await client.get(path)
            assert answer.status_code == 200, answer.text


async def test_a_worker_is_served_while_others_wait_lock_and_count(
    door: Door,
    grids: None,
    arrivals: Arrivals,
    service_database: ServiceDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lookout, "PATIENCE", 600)
    hostile: tuple[Principal, ...] = (WAITER, INVENTOR, COUNTER, LOCKER)
    async with AsyncExitStack() as stack:
        one = {who.subject: await stack.enter_async_context(door.client(who)) for who in hostile}
        worker = await stack.enter_async_context(door.client(WORKER))
        county = await stack.enter_async_context(door.client(COUNTY_OFFICER))
        incident = (await county.post("/incidents", json=an_incident())).json()["id"]
        async with held(service_database, incident):
            under_way = besiege(one, incident)
            while await _waiting(service_database) < 2:  # who counts, and who is at the incident
                await asyncio.sleep(0.01)
            await served(worker)
        await arrivals.take(an_area(VILLAGE, version=2**40))
        answers = await asyncio.gather(*under_way)
    by_caller = [answers[at : at + EACH] for at in range(0, len(answers), EACH)]
    waited, invented, counted, locked = [{one.status_code for one in part} for part in by_caller]
    assert waited <= {201, 409, 503}
    assert invented == {422}
    assert counted <= {200, 503}
    assert locked <= {200, 409, 503}


async def _waiting(database: ServiceDatabase) -> int:
    connection = await asyncpg.connect(raw_dsn(database.owner_url))
    try:
        found: int = await connection.fetchval(WAITING)
        return found
    finally:
        await connection.close()
