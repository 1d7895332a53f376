"""Figures are built again beside themselves and come out equal; what was damaged is named and mended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from services.indicators.features import FEATURES, ROUTES, SPEC
from services.indicators.rebuilds.service import TABLES, compare_figures
from shared.auth.access_log import AccessLog
from shared.clock import Clock
from shared.contracts.catalogue import TOPICS
from shared.contracts.grid.visits import VisitStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.diagnostics import Diagnostics
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.messaging.outbox.relay import Relay
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.reading.runner import ConsumerRunner
from shared.messaging.rebuild.rebuild import Expected, Rebuild, RebuildTimes, Rebuilt
from shared.process import Worker, plain_context
from shared.reconciliation.history import History
from shared.rotation.watch import KeyWatch
from shared.testing.bus import MemoryBus
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from shared.testing.settings import settings_for
from tests.indicators.county import COUNTY, OPERATOR, TREE, figures, value
from tests.indicators.ledgers import COMMON_FUND, a_ledger, a_posting, a_record
from tests.indicators.states import (
    GRID,
    OTHER_GRID,
    OTHER_VILLAGE,
    a_case,
    a_consent_count,
    a_person,
    a_span,
    a_tag,
    a_visit,
    an_incident,
)
from tests.shared.consuming import QUICK, running, until_is
from tests.shared.working import running as working

MOVED = date(2026, 2, 1)
FUND_LEFT, DISPUTES = "grid.relief_fund.fund", "grid.disputes.registered"
STATES = (
    *TREE,
    *(a_person(number) for number in range(1, 9)),
    a_person(3, version=2, residence=(a_span(end=MOVED), a_span(OTHER_GRID, MOVED))),
    a_tag(),
    an_incident(),
    a_case(),
    *(a_consent_count(number) for number in range(201, 207)),
    a_consent_count(206, version=2, residence=(a_span(OTHER_VILLAGE, kind="residence"),)),
    a_ledger(),
    a_record(),
    a_record(2),
    a_record(2, version=2, area=OTHER_GRID),
    a_ledger(COMMON_FUND),
    a_posting(101, "donate", 50_000),
    a_posting(102, "relieve", 20_000),
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


def live(bus: MemoryBus, database: Database, clock: Clock, crypto: Crypto, group: str = "indicators") -> ConsumerRunner:
    projector = Projector(database, ROUTES, owner="indicators", clock=clock, crypto=crypto, reader=group)
    return ConsumerRunner(bus, StateProcessor(projector), group=group, tuning=QUICK)


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
        await until_is(lambda: value(door, COUNTY, FUND_LEFT, as_of="2026-11-30"), 30_000)
        assert [await value(door, area, DISPUTES, as_of="2026-11-30") for area in (GRID, OTHER_GRID)] == [1, 1]
        rows = await count(committed, "deltas")
        outcome = await rebuilt(bus, committed, clock, crypto)
        assert (outcome.differences, outcome.slot) == ((), 1)
        assert await value(door, COUNTY, "POP-RES") == 8
        assert await value(door, OTHER_GRID, "POP-RES") == 1
        assert await value(door, COUNTY, FUND_LEFT, as_of="2026-11-30") == 30_000
        assert [await value(door, area, DISPUTES, as_of="2026-11-30") for area in (GRID, OTHER_GRID)] == [1, 1]
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


@asynccontextmanager
async def a_worker(bus: MemoryBus, database: Database, clock: Clock, crypto: Crypto) -> AsyncIterator[None]:
    """The worker's two parts that a rebuild needs: its consumer, and its long work."""
    settings = settings_for("indicators", "postgresql+asyncpg://nowhere")
    runner = live(bus, database, clock, crypto, group=settings.group("indicators"))
    process = Worker(
        spec=SPEC,
        settings=settings,
        clock=clock,
        database=database,
        bus=bus,
        crypto=crypto,
        access_log=AccessLog("postgresql://nowhere", writer="test", clock=clock),
        routes=ROUTES,
        relay=Relay(lambda: database.connect_raw(purpose="relay"), bus, prefix="", groups=1),
        runner=runner,
        archive=Archive(FileStore.from_settings(settings, "indicators"), database, crypto, clock),
        key_watch=KeyWatch(database, crypto, SPEC.metadata, clock, Diagnostics()),
        history=History(
            database,
            "indicators",
            "indicators",
            lambda session: plain_context(session, SPEC, clock, crypto),
            Diagnostics(),
        ),
    )
    kinds = [kind for feature in FEATURES if feature.jobs for kind in feature.jobs(process)]
    async with running(runner), working(database, *kinds):
        yield


async def rebuild_over_http(door: Door, *runs: dict[str, Any]) -> dict[str, Any]:
    """Asks for one and waits for its end."""
    async with door.client(OPERATOR) as client:
        asked = await client.post("/rebuilds", json={"runs": runs})
        assert asked.status_code == 202, asked.text

        async def over() -> bool:
            seen = await client.get(f"/rebuilds/{asked.json()['id']}")
            return seen.json()["finished_at"] is not None

        await until_is(over, True)
        found: dict[str, Any] = (await client.get(f"/rebuilds/{asked.json()['id']}")).json()
        return found


async def test_an_operator_sees_that_a_rebuild_came_out_equal(
    door: Door, arrivals: Arrivals, bus: MemoryBus, committed: Database, clock: Clock, crypto: Crypto
) -> None:
    await arrivals.publish(bus, *STATES)
    async with a_worker(bus, committed, clock, crypto):
        await until_is(lambda: value(door, COUNTY, "POP-RES"), 8)
        await until_is(lambda: value(door, COUNTY, "INC-REPORTED"), 1)
        before = await figures(door, COUNTY)
        ended = await rebuild_over_http(door, {"run": 1, "count": 8, "nouns": {"registry.person": 8}})
        assert (ended["status"], ended["error_code"], ended["differences"]) == ("done", None, [])
        assert ended["done"] == ended["total"] == len(STATES)
        assert await figures(door, COUNTY) == before
        assert (await rebuild_over_http(door))["differences"] == []


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("UPDATE deltas SET amount = amount + 5 WHERE measure = 'TAG-CARE' AND dimension = ''", "figures of TAG-CARE"),
        ("DELETE FROM deltas WHERE measure = 'CASE-DUE'", "figures of CASE-DUE"),
        ("UPDATE deltas SET day = day + 1 WHERE measure = 'INC-FILED'", "figures of INC-FILED"),
        (
            "UPDATE deltas SET dimension = 'sex:9' WHERE dimension = 'sex:2' AND measure = 'POP-REG'",
            "figures of POP-REG",
        ),
        ("INSERT INTO deltas VALUES (0, '450481', 'NO-SUCH', '', '2026-01-01', 1)", "figures of NO-SUCH"),
        ("DELETE FROM grid_members WHERE noun = 'grid.incident'", "members of grids"),
    ],
)
async def test_an_operator_reads_what_was_planted_by_its_name_and_it_is_mended(
    door: Door,
    arrivals: Arrivals,
    bus: MemoryBus,
    committed: Database,
    service_database: ServiceDatabase,
    clock: Clock,
    crypto: Crypto,
    damage: str,
    what: str,
) -> None:
    await arrivals.publish(bus, *STATES)
    async with a_worker(bus, committed, clock, crypto):
        await until_is(lambda: count(committed, "projected_states"), len({state.subject for state in STATES}) + 3)
        before = {area: await figures(door, area) for area in (COUNTY, GRID)}
        owner = await service_database.as_owner()
        assert await owner.execute(damage) not in ("UPDATE 0", "DELETE 0")
        await owner.close()
        ended = await rebuild_over_http(door)
        assert [one["what"] for one in ended["differences"]] == [what]
        assert ended["differences"][0]["before"] != ended["differences"][0]["after"]
        assert {area: await figures(door, area) for area in (COUNTY, GRID)} == before
        assert (await rebuild_over_http(door))["differences"] == []


async def test_a_sum_that_came_to_nothing_is_no_difference(
    door: Door, arrivals: Arrivals, bus: MemoryBus, committed: Database, clock: Clock, crypto: Crypto
) -> None:
    """The live figures went up and down again; the rebuilt ones never knew of it."""
    await arrivals.publish(bus, *STATES)
    async with a_worker(bus, committed, clock, crypto):
        await until_is(lambda: value(door, COUNTY, "VISIT-DUE"), 0)
        await arrivals.publish(bus, a_visit(area=OTHER_VILLAGE))
        await until_is(lambda: value(door, OTHER_VILLAGE, "VISIT-DUE"), 1)
        await arrivals.publish(bus, a_visit(version=2, area=OTHER_VILLAGE, status=VisitStatus.CANCELLED))
        await until_is(lambda: value(door, OTHER_VILLAGE, "VISIT-DUE"), 0)
        rows = await count(committed, "deltas WHERE measure = 'VISIT-DUE'")
        assert rows > 0
        assert (await rebuild_over_http(door))["differences"] == []


async def test_reads_go_on_and_new_states_are_counted_while_a_rebuild_runs(
    door: Door, arrivals: Arrivals, bus: MemoryBus, committed: Database, clock: Clock, crypto: Crypto
) -> None:
    await arrivals.publish(bus, *STATES)
    async with a_worker(bus, committed, clock, crypto):
        await until_is(lambda: value(door, COUNTY, "POP-RES"), 8)
        rebuilding = asyncio.create_task(
            rebuild_over_http(door, {"run": 1, "count": 20, "nouns": {"registry.person": 20}})
        )
        seen = []
        for number in range(9, 21):
            await arrivals.publish(bus, a_person(number))
            seen.append(await value(door, COUNTY, "POP-RES"))
        assert (await rebuilding)["status"] == "done"
        await until_is(lambda: value(door, COUNTY, "POP-RES"), 20)
        assert seen == sorted(seen)
        assert min(seen) >= 8
