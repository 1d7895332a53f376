"""The pool, and what the fixtures promise."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import Database, DatabaseBusy
from shared.jobs import queue
from shared.jobs.tables import JobRow
from shared.testing.databases import ServiceDatabase
from shared.testing.plugin import DatabaseOf

INSERT = "INSERT INTO broker_seen (reader, cluster_id, seen_at) VALUES ('engine', 'c', now())"
COUNT = "SELECT count(*) FROM broker_seen"


async def test_what_is_not_committed_is_rolled_back(kit_database: Database) -> None:
    async with kit_database.session() as session:
        await session.execute(text(INSERT))
    async with kit_database.session() as session:
        assert await session.scalar(text(COUNT)) == 0


async def test_a_commit_inside_the_test_session_ends_a_savepoint_only(
    session: AsyncSession, service_database: ServiceDatabase
) -> None:
    await session.execute(text(INSERT))
    await session.commit()
    assert await session.scalar(text(COUNT)) == 1
    async with service_database.database.session() as other:
        assert await other.scalar(text(COUNT)) == 0


async def test_committed_rows_are_gone_in_the_next_test_part_one(committed: Database) -> None:
    async with committed.session() as session:
        assert await session.scalar(text(COUNT)) == 0
        await session.execute(text(INSERT))
        await session.commit()


async def test_committed_rows_are_gone_in_the_next_test_part_two(committed: Database) -> None:
    async with committed.session() as session:
        assert await session.scalar(text(COUNT)) == 0


async def test_an_entity_is_read_again_when_it_is_locked(committed: Database) -> None:
    """Whoever waited for a lock goes by what stands there now, and not by what was read before the wait."""
    async with committed.session() as session:
        job = await queue.enqueue(session, "any")
        await session.commit()
    one = select(JobRow).where(JobRow.id == job.id)
    async with committed.session() as session:
        seen = (await session.scalars(one)).one()
        async with committed.session() as other:
            await queue.cancel(other, job.id)
            await other.commit()
        assert (await session.scalars(one)).one().status == "queued"
        assert (await session.scalars(one.with_for_update())).one().status == "cancelled"
        assert seen.status == "cancelled"


@pytest.fixture
async def narrow(database_of: DatabaseOf) -> Database:
    """A pool of two."""
    kit = await database_of("kit")
    return Database(kit.service_url, pool=2, application="narrow", wait=0.5, statement_timeout_ms=400)


async def test_waiters_get_their_connection_in_the_order_of_asking(narrow: Database) -> None:
    served: list[int] = []

    async def ask(number: int) -> None:
        async with narrow.session() as session:
            await session.execute(text("SELECT pg_sleep(0.005)"))
            served.append(number)

    tasks = []
    for number in range(20):
        tasks.append(asyncio.create_task(ask(number)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert all(abs(place - number) <= 1 for place, number in enumerate(served)), served
    await narrow.close()


async def test_a_full_pool_refuses_after_the_wait_and_recovers(narrow: Database) -> None:
    async with narrow.session() as one, narrow.session() as other, narrow.session() as third:
        await one.execute(text("SELECT 1"))
        await other.execute(text("SELECT 1"))
        with pytest.raises(DatabaseBusy) as refused:
            await third.execute(text("SELECT 1"))
        assert refused.value.retry_after == 1
    async with narrow.session() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await narrow.close()


async def test_a_full_pool_is_no_reason_to_be_unready(narrow: Database) -> None:
    async with narrow.session() as one, narrow.session() as other:
        await one.execute(text("SELECT 1"))
        await other.execute(text("SELECT 1"))
        assert await narrow.ready()
    await narrow.close()


async def test_a_cancelled_waiter_does_not_take_a_place_with_it(narrow: Database) -> None:
    async def ask() -> None:
        async with narrow.session() as session:
            await session.execute(text("SELECT 1"))

    async with narrow.session() as one, narrow.session() as other:
        await one.execute(text("SELECT 1"))
        await other.execute(text("SELECT 1"))
        waiting = [asyncio.create_task(ask()) for _ in range(5)]
        await asyncio.sleep(0.01)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    async with narrow.session() as one, narrow.session() as other:
        assert [await session.scalar(text("SELECT 1")) for session in (one, other)] == [1, 1]
    await narrow.close()


async def test_a_session_that_asks_nothing_takes_nobodys_turn(narrow: Database) -> None:
    async with narrow.session(), narrow.session(), narrow.session() as one, narrow.session() as other:
        assert [await session.scalar(text("SELECT 1")) for session in (one, other)] == [1, 1]
    await narrow.close()


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(narrow: Database) -> None:
    raw = await narrow.connect_raw(purpose="slow")
    try:
        assert await raw.fetchval("SHOW application_name") == "narrow:slow"
        with pytest.raises(asyncpg.QueryCanceledError):
            await raw.execute("SELECT pg_sleep(5)")
    finally:
        await raw.close()
    await narrow.close()


async def test_parameters_of_a_failed_statement_are_not_in_the_message(narrow: Database) -> None:
    async with narrow.session() as session:
        with pytest.raises(Exception, match="hide_parameters") as failed:
            await session.execute(text("SELECT CAST(:secret AS text) FROM nothing"), {"secret": "450481199003070018"})
        assert "450481199003070018" not in str(failed.value)
    await narrow.close()


async def test_ready_says_whether_the_database_answers(narrow: Database, postgres: str) -> None:
    assert await narrow.ready()
    nowhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/none", pool=1, application="nowhere")
    assert not await nowhere.ready()
    await narrow.close()
    await nowhere.close()
