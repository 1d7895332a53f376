"""Processes die at the worst moment, or run twice: every command still has one effect, in order."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka.structs import TopicPartition

from shared.messaging.outbox.shards import LOCK_CLASS
from tests.e2e.faults.books import on_the_bus, rows, settled
from tests.e2e.faults.county import County, a_county
from tests.e2e.faults.lives import Registrar
from tests.e2e.faults.processes import Child

pytestmark = [pytest.mark.embedded, pytest.mark.chaos, pytest.mark.faults, pytest.mark.xdist_group("faults")]

GROUPS = 4
"""Of shards, so that two relays share the work."""

RELAYS = """
    SELECT count(DISTINCT pid) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = $1::oid
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
POSITIONS = "SELECT topic, partition, position FROM consumer_progress WHERE reader = 'indicators'"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def county(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[County]:
    """Registry answers; its events and figures are whose turn it is."""
    async with a_county(tmp_path_factory.mktemp("processes")) as county:
        await (await county.api()).until_ready()
        yield county


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def registrar(county: County) -> AsyncIterator[Registrar]:
    async with county.clerk() as client:
        yield Registrar(client)


async def test_a_relay_killed_between_send_and_mark_repeats_itself_without_effect(
    county: County, registrar: Registrar
) -> None:
    async with registrar.at_work(clients=3, pause=0.0):
        await registrar.until(30)
    assert await (await county.dying("registry", "after_send")).ends() == -signal.SIGKILL
    (marked,) = await rows(county, "registry", "SELECT count(*) FROM outbox WHERE published_at IS NOT NULL")
    assert marked[0] == 0  # the broker had them, the outbox was not told
    sent = await on_the_bus(county)  # a worker adds events of its own, such as the years of the calendar: not these
    assert {key for noun, key in sent if noun == "registry.person"} == set(registrar.accepted)
    workers = [await county.registry_worker(), await county.indicators_worker()]
    await settled(county, registrar)
    found = await on_the_bus(county)
    assert {key: found[key] for key in sent} == {key: before + sorted(set(found[key])) for key, before in sent.items()}
    await end(*workers)


async def test_a_worker_killed_between_the_database_and_the_offsets_counts_nobody_twice(
    county: County, registrar: Registrar
) -> None:
    relay = await county.registry_worker()
    async with registrar.at_work(clients=3, pause=0.0):
        dying = await county.dying("indicators", "before_offsets")
        await registrar.until(30)
        assert await dying.ends() == -signal.SIGKILL
        await registrar.until(10)
    assert await ahead_of_the_broker(county) > 0  # the database had them, the broker was not told
    counting = await county.indicators_worker()
    await settled(county, registrar)
    await end(relay, counting)


async def test_two_relays_and_two_workers_share_the_work_and_survive_each_other(
    county: County, registrar: Registrar
) -> None:
    relays = [await county.registry_worker(relay_shards=GROUPS) for _ in range(2)]
    counting = [await county.indicators_worker() for _ in range(2)]
    await asyncio.gather(*(part.until_ready() for part in (*relays, *counting)))
    async with registrar.at_work(clients=4, pause=0.05):
        await until_relays(county, 2)
        await registrar.until(30)
        await asyncio.gather(relays.pop().kill(), counting.pop().kill())
        await registrar.until(30)
    await settled(county, registrar)  # those who are left have taken over
    async with registrar.at_work(clients=4, pause=0.05):
        relays.append(await county.registry_worker(relay_shards=GROUPS))
        counting.append(await county.indicators_worker())  # joins in the middle of the stream
        await asyncio.gather(*(part.until_ready() for part in (*relays, *counting)))
        await until_relays(county, 2)
        await registrar.until(30)
    await settled(county, registrar)
    await end(*relays, *counting)


async def ahead_of_the_broker(county: County) -> int:
    """Records that indicators has taken and whose offsets were not committed."""
    taken = await rows(county, "indicators", POSITIONS)
    async with county.bus() as bus:
        lanes = [TopicPartition(row["topic"], row["partition"]) for row in taken]
        committed = await bus.group_offsets("indicators", lanes)
    return sum(int(row["position"]) for row in taken) - sum(offset for offset, _ in committed.values())


async def end(*children: Child) -> None:
    """All told to end at once, they do so in order."""
    assert await asyncio.gather(*(child.terminate() for child in children)) == [0] * len(children)


async def until_relays(county: County, number: int) -> None:
    """Until so many relays hold shards of registry's outbox."""
    async with asyncio.timeout(90):
        while (await rows(county, "registry", RELAYS, LOCK_CLASS))[0][0] != number:
            await asyncio.sleep(0.1)
