"""The broker goes away while people are registered, comes back as it was or empty, or brings rubbish."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.clock import SystemClock
from shared.contracts.catalogue import dead_letter_topic, topic_name
from shared.ids import new_id
from shared.messaging.bus.cloudevents import headers
from shared.messaging.bus.interface import Message, Sent
from tests.e2e.faults.books import on_the_bus, rows, settled
from tests.e2e.faults.county import County, a_county
from tests.e2e.faults.lives import Registrar

pytestmark = [pytest.mark.embedded, pytest.mark.chaos, pytest.mark.faults, pytest.mark.xdist_group("faults")]

OUTAGE = 30.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def county(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[County]:
    async with a_county(tmp_path_factory.mktemp("broker")) as county:
        parts = [await county.api(), await county.registry_worker(), await county.indicators_worker()]
        await asyncio.gather(*(part.until_ready() for part in parts))
        yield county


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def registrar(county: County) -> AsyncIterator[Registrar]:
    async with county.clerk() as client:
        yield Registrar(client)


async def test_while_the_broker_is_away_for_half_a_minute_every_command_is_accepted_at_once(
    county: County, registrar: Registrar
) -> None:
    async with registrar.at_work(clients=2, pause=0.5):
        await registrar.until(10)
        await county.broker.down()
        before = registrar.commands
        await asyncio.sleep(OUTAGE)
        assert registrar.commands - before > 30
        await county.broker.up()
        await registrar.until(10)
    await settled(county, registrar)
    assert set(registrar.statuses) == {200, 201}


async def test_a_new_and_empty_broker_gets_everything_again_and_changes_no_figure(
    county: County, registrar: Registrar
) -> None:
    async with county.bus() as bus:
        first = await bus.cluster_id()
    async with registrar.at_work(clients=4, pause=0.1):
        await registrar.until(20)
        await county.broker.replace()  # what the old one had and nobody had read yet is gone with it
        await registrar.until(20)
    await settled(county, registrar)
    async with county.bus() as bus:
        second = await bus.cluster_id()
    assert first != second
    brokers = await rows(county, "registry", "SELECT DISTINCT broker FROM outbox")
    assert [row["broker"] for row in brokers] == [second]
    progress = await rows(
        county, "indicators", "SELECT noun, cluster_id, sum(position) AS read FROM consumer_progress GROUP BY 1, 2"
    )
    laid = await on_the_bus(county)
    assert {row["cluster_id"] for row in progress} == {second}
    for row in progress:
        if row["noun"] == "registry.person":
            assert row["read"] == sum(len(found) for (noun, _), found in laid.items() if noun == row["noun"])
    assert set(registrar.statuses) == {200, 201}


async def test_rubbish_on_a_topic_is_put_aside_and_announced_and_everybody_else_is_counted(
    county: County, registrar: Registrar
) -> None:
    stranger = new_id()
    future = headers(
        event_id=new_id(),
        type_="registry.person.registered",
        schema_version=99,
        subject=str(stranger),
        time=SystemClock().now(),
        sequence=1,
        revision=0,
        traceparent=None,
    )
    topic = topic_name("registry.person")
    rubbish = [
        Message(topic, b"nobody", b"\xff\x00 no json", [("content-type", b"application/json")], 0),
        Message(topic, str(stranger).encode(), b'{"state": {}}', future, 0),
    ]
    async with county.bus() as bus, registrar.at_work(clients=2, pause=0.1):
        sender = bus.sender()
        await registrar.until(10)
        assert all(isinstance(outcome, Sent) for outcome in await sender.send(rubbish))
        await sender.close()
        await registrar.until(10)
    await settled(county, registrar, dead_letters=2)
    letters = await rows(county, "indicators", "SELECT code, record_value FROM dead_letters ORDER BY code")
    assert [tuple(row) for row in letters] == [
        ("not_cloudevents", rubbish[0].value),
        ("unknown_version", rubbish[1].value),
    ]
    async with county.bus() as bus, asyncio.timeout(90):
        while sum((await bus.end_offsets(dead_letter_topic(topic, "indicators"))).values()) < 2:
            await asyncio.sleep(0.2)
