"""Figures are built again beside themselves and come out equal; what was damaged is named and mended."""

from datetime import date

import asyncpg
import pytest
from sqlalchemy import text

from services.indicators.features import ROUTES
from services.indicators.rebuilds.service import TABLES, compare_figures
from shared.clock import Clock
from shared.contracts.catalogue import TOPICS
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.reading.runner import ConsumerRunner
from shared.messaging.rebuild.rebuild import Expected, Rebuild, RebuildTimes, Rebuilt
from shared.testing.bus import MemoryBus
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.states import OTHER_GRID, a_case, a_person, a_span, a_tag, an_incident
from tests.indicators.figures.test_api import COUNTY, TREE, value
from tests.shared.consuming import QUICK, running, until_is

OPERATOR = a_principal("operator", COUNTY)
MOVED = date(2026, 2, 1)
STATES = (
    *TREE,
    *(a_person(number) for number in range(1, 9)),
    a_person(3, version=2, residence=(a_span(end=MOVED), a_span(OTHER_GRID, MOVED))),
    a_tag(),
    an_incident(),
    a_case(),
)


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus({TOPICS[route.noun].name: 2 for route in ROUTES})


async def rebuilt(bus: MemoryBus, database: Database, clock: Clock, crypto: Crypto) -> Rebuilt:
    projector = Projector(
        database, ROUTES, owner="indicators", clock=clock, crypto=crypto, reader="indicators", shadow=True
    )
    times = RebuildTimes(poll=0.02, report=0.05, stall=5, hold=5)
    return await Rebuild(
        bus, StateProcessor(projector), "indicators", tables=TABLES, compare=compare_figures, times=times
    ).run([Expected(("registry.person",), 8)])


def live(bus: MemoryBus, database: Database, clock: Clock, crypto: Crypto) -> ConsumerRunner:
    projector = Projector(database, ROUTES, owner="indicators", clock=clock, crypto=crypto, reader="indicators")
    return ConsumerRunner(bus, StateProcessor(projector), group="indicators", tuning=QUICK)


async def count(database: Database, table: str) -> int:
    async with database.session() as session:
        return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


async def test_a_rebuild_comes_out_equal_and_leaves_one_generation(
    door: Door, arrivals: Arrivals, bus: MemoryBus, committed: Database, clock: Clock, crypto: Crypto
) -> None:
    await arrivals.publish(bus, *STATES)
    async with running(live(bus, committed, clock, crypto)):
        await until_is(lambda: value(door, COUNTY, "POP-RES"), 8)
        await until_is(lambda: value(door, OTHER_GRID, "POP-RES"), 1)
        rows = await count(committed, "deltas")
        outcome = await rebuilt(bus, committed, clock, crypto)
        assert (outcome.differences, outcome.slot) == ((), 1)
        assert await value(door, COUNTY, "POP-RES") == 8
        assert await value(door, OTHER_GRID, "POP-RES") == 1
        assert await count(committed, "deltas") == rows
        await arrivals.publish(bus, a_person(9))
        await until_is(lambda: value(door, COUNTY, "POP-RES"), 9)


async def test_a_damaged_figure_is_named_and_mended(
    door: Door,
    arrivals: Arrivals,
    bus: MemoryBus,
    committed: Database,
    service_database: ServiceDatabase,
    clock: Clock,
    crypto: Crypto,
) -> None:
    await arrivals.publish(bus, *STATES)
    async with running(live(bus, committed, clock, crypto)):
        await until_is(lambda: value(door, COUNTY, "POP-RES"), 8)
        await until_is(lambda: value(door, COUNTY, "INC-REPORTED"), 1)
        owner = await asyncpg.connect(raw_dsn(service_database.owner_url))
        await owner.execute(
            "UPDATE deltas SET amount = amount + 5 WHERE measure = 'INC-REPORTED' AND area = $1", COUNTY
        )
        await owner.close()
        assert await value(door, COUNTY, "INC-REPORTED") == 6
        outcome = await rebuilt(bus, committed, clock, crypto)
        assert [one.what for one in outcome.differences] == ["figures of INC-REPORTED"]
        assert await value(door, COUNTY, "INC-REPORTED") == 1


async def test_one_rebuild_at_a_time_is_asked_for_by_operators(door: Door) -> None:
    run = {"run": 1, "count": 3, "nouns": {"registry.person": 2, "registry.calendar": 1}}
    async with door.client(OPERATOR) as client:
        first = await client.post("/rebuilds", json={"runs": [run]})
        again = await client.post("/rebuilds", json={})
        seen = await client.get(f"/rebuilds/{first.json()['id']}")
    assert (first.status_code, first.json()["status"]) == (202, "queued")
    assert (again.status_code, again.json()["code"]) == (409, "job_already_open")
    assert seen.json()["differences"] is None
    async with door.client(a_principal("county_officer", COUNTY)) as client:
        assert (await client.post("/rebuilds", json={})).status_code == 403
