"""The hot read: ids gathered, connections kept a moment, nobody left waiting."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.registry.persons.repository.loader import PersonLoader
from shared.db import lanes
from shared.db.engine import GONE, Database, raw_dsn
from shared.testing.databases import ServiceDatabase
from tests.registry.builders import a_new_person
from tests.registry.conftest import Work


@pytest.fixture
async def people(county: None, work: Work) -> list[UUID]:
    """Twenty people."""
    records = await work(lambda registry: registry.admissions.admit([a_new_person() for _ in range(20)]))
    return [record.id for record in records]


async def test_each_gets_his_own_and_the_unknown_none(committed: Database, people: list[UUID]) -> None:
    loader = PersonLoader(lambda: committed)
    found = await asyncio.gather(*(loader.load(one) for one in (*people, people[0], uuid4())))
    assert [one.id if one else None for one in found] == [*people, people[0], None]


async def test_a_caller_that_goes_away_takes_nobody_along(committed: Database, people: list[UUID]) -> None:
    loader = PersonLoader(lambda: committed)
    leaving, staying = (asyncio.create_task(loader.load(people[0])) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying) is not None
    assert leaving.cancelled()


async def test_a_lost_connection_is_told_and_the_next_question_answered(
    people: list[UUID], service_database: ServiceDatabase
) -> None:
    database = Database(service_database.service_url, pool=2, application="losing-it")
    loader = PersonLoader(lambda: database)
    assert await loader.load(people[0]) is not None
    same_role = await asyncpg.connect(raw_dsn(service_database.service_url))
    lost = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'losing-it'"
    assert len(await same_role.fetch(lost)) == 1
    await same_role.close()
    answers = await asyncio.gather(*(loader.load(one) for one in people[:5]), return_exceptions=True)
    assert all(isinstance(answer, GONE) for answer in answers)
    assert await loader.load(people[0]) is not None
    await database.close()


async def test_connections_are_given_back(
    committed: Database, people: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "LINGER", 0.05)
    loader = PersonLoader(lambda: committed)
    await loader.load(people[0])
    async with asyncio.timeout(5):
        while committed.reads.open:
            await asyncio.sleep(0.01)
    assert await loader.load(people[1]) is not None
    await committed.reads.let_go()
    assert not committed.reads.open
