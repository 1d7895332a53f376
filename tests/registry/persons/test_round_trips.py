"""Round trips to the database of the writes that are asked for most: a number, the same on every machine."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from services.registry.areas.repository import lines
from shared.auth.access_log import AccessLog
from shared.auth.lineage import CachedLineage
from shared.db.engine import Database, raw_dsn
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.trips import Trips, counted
from tests.registry.builders import a_household, a_person
from tests.registry.conftest import Client
from tests.registry.steps import CLERK, HOUSEHOLDS, PERSONS, given


@pytest.fixture
async def trips(
    app: FastAPI, county: None, service_database: ServiceDatabase, clock: FrozenClock
) -> AsyncIterator[Trips]:
    """The application over connections that are counted."""
    with tempfile.TemporaryDirectory(prefix="trips-") as folder:
        async with counted(service_database.service_url, Path(folder)) as trips:
            database = Database(trips.url, pool=4, application="counted")
            access_log = AccessLog(raw_dsn(trips.url), writer="counted", clock=clock)
            await access_log.start()
            kit = app.state.kit
            before = kit.database, kit.access_log, kit.lineage
            kit.database, kit.access_log = database, access_log
            kit.lineage = CachedLineage(database, lines, clock)
            yield trips
            kit.database, kit.access_log, kit.lineage = before
            await access_log.stop()
            await database.close()


async def test_a_person_takes_four_round_trips(client_of: Client, trips: Trips) -> None:
    """The key, the villages, the access log, and one statement for all rows, which is its own commit."""
    client = client_of(*CLERK)
    for number in range(3):  # connections, prepared statements, the tree
        given(await client.post(PERSONS, json=a_person(), headers={"idempotency-key": f"warm {number}"}), 201)
    trips.reset()
    for number in range(5):
        given(await client.post(PERSONS, json=a_person(), headers={"idempotency-key": f"key {number}"}), 201)
    assert trips.waited <= 5 * 4, trips.texts
    assert not [text for text in trips.texts if "INSERT" in text], "a statement was prepared anew"


async def test_a_household_of_three_takes_no_more(client_of: Client, trips: Trips) -> None:
    """The village of the household is not asked for again for its members."""
    client = client_of(*CLERK)

    async def found(key: str) -> None:
        members = [{"relation": "02", "person": a_person()}] + [
            {"relation": relation, "person": a_person(name="覃小山", sex="1", birth_date="1990-03-02")}
            for relation in ("20", "21")
        ]
        given(await client.post(HOUSEHOLDS, json=a_household(*members), headers={"idempotency-key": key}), 201)

    for number in range(3):
        await found(f"warm {number}")
    trips.reset()
    await found("key")
    assert trips.waited <= 4, trips.texts
