"""New rows of several requests in one statement: all of them or, if one is at fault, only his are refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import ARRAY, Column, Integer, LargeBinary, Table, Text, Uuid, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import lanes
from shared.db.base import metadata
from shared.db.engine import Database
from shared.db.gathering import Gathering, Question
from shared.db.rows import WAKES, Rows
from shared.db.session import row_session, rows_of
from shared.ids import new_id
from shared.testing.databases import EFFECTS, ServiceDatabase

NOW = datetime(2026, 3, 16, 2, tzinfo=UTC)
THINGS = Table(
    "row_things",
    metadata(),
    Column("id", Uuid(), primary_key=True),
    Column("version", Integer(), server_default=text("1")),
    Column("number", Integer(), server_default=text("7")),
    Column("name", Text(), unique=True),
    Column("codes", ARRAY(Text())),
    Column("facts", JSONB()),
    Column("sealed", LargeBinary()),
    info={WAKES: "row_things"},
)
DDL = """
    CREATE TABLE row_things (id uuid PRIMARY KEY, version integer NOT NULL DEFAULT 1,
      number integer NOT NULL DEFAULT 7, name text UNIQUE, codes text[], facts jsonb, sealed bytea);
    CREATE TABLE row_parts (id uuid PRIMARY KEY, thing uuid NOT NULL REFERENCES row_things);
    GRANT ALL ON row_things, row_parts TO PUBLIC
"""
PARTS = Table("row_parts", metadata(), Column("id", Uuid(), primary_key=True), Column("thing", Uuid()))


def a_thing(name: str, **more: Any) -> dict[str, Any]:
    return {"id": new_id(), "name": name, **more}


@pytest.fixture
async def database(service_database: ServiceDatabase) -> AsyncIterator[Database]:
    """A pool of its own over the kit's tables and `row_things`."""
    owner = await service_database.as_owner()
    await owner.execute(DDL)
    one = Database(service_database.service_url, pool=4, application="rows")
    yield one
    await one.close()
    await owner.execute("DROP TABLE row_parts, row_things")
    await owner.close()


async def names(database: Database) -> set[str]:
    async with database.session() as session:
        return set(await session.scalars(select(THINGS.c.name)))


def counted(result: str) -> float:
    return REGISTRY.get_sample_value("xiangli_database_group_commits_total", {"result": result}) or 0.0


async def commit_thing(database: Database, name: str) -> None:
    async with database.session() as session:
        rows_of(session).add(THINGS, [a_thing(name)])
        await database.commit(session)


async def test_every_kind_of_column_comes_back_as_it_was_given(database: Database) -> None:
    odd = ['一"二', "a\\b", "", "{x}", "NULL", "a,b"]
    whole = a_thing("whole", codes=odd, facts={"甲": [1, None, "\\"]}, sealed=b"\x00\xff")
    bare = a_thing("bare", codes=[], facts=None, sealed=None)
    async with database.session() as session:
        rows = rows_of(session)
        rows.add(THINGS, [whole, bare, a_thing("defaults")])
        rows.add(PARTS, [{"id": new_id(), "thing": whole["id"]}])
        await database.commit(session)
        found = {row.name: row for row in await session.execute(select(THINGS))}
    assert found["whole"]._mapping == {**whole, "version": 1, "number": 7}
    assert (found["bare"].codes, found["bare"].facts, found["bare"].sealed) == ([], None, None)
    assert found["defaults"].number == 7


async def test_rows_of_all_tables_are_one_statement(database: Database) -> None:
    rows = Rows()
    thing = a_thing("one")
    rows.add(THINGS, [thing])
    rows.add(PARTS, [{"id": new_id(), "thing": thing["id"]} for _ in range(3)])
    before = counted("written")
    assert await database.group.write(rows)
    assert counted("written") - before == 1
    assert await names(database) == {"one"}


async def test_callers_that_come_together_share_their_commits(database: Database) -> None:
    before = counted("written")
    await asyncio.gather(*(commit_thing(database, f"n{number}") for number in range(50)))
    assert len(await names(database)) == 50
    assert counted("written") - before <= 10


async def test_one_callers_fault_is_his_alone(database: Database) -> None:
    await commit_thing(database, "taken")
    answers = await asyncio.gather(
        *(commit_thing(database, name) for name in ("a", "taken", "b", "bad \ud800", "c", "d")), return_exceptions=True
    )
    refused = [type(answer).__name__ for answer in answers if answer is not None]
    assert len(refused) == 2, answers
    assert await names(database) == {"taken", "a", "b", "c", "d"}


async def test_a_lock_held_by_another_keeps_nobody_else_waiting(database: Database) -> None:
    """Who waits for the lock does so alone, in a transaction of his own."""
    async with database.session() as holder:
        rows_of(holder).add(THINGS, [a_thing("held")])
        await holder.flush()
        waiting = asyncio.create_task(commit_thing(database, "held"))
        await asyncio.sleep(0.01)
        async with asyncio.timeout(10):
            await asyncio.gather(*(commit_thing(database, f"free{number}") for number in range(5)))
        assert not waiting.done()
        assert await names(database) == {f"free{number}" for number in range(5)}
        await holder.rollback()
    await waiting
    assert "held" in await names(database)


async def test_a_lost_connection_is_told_and_the_next_group_written(
    database: Database, service_database: ServiceDatabase
) -> None:
    await commit_thing(database, "before")
    owner = await service_database.as_owner()
    other = await asyncpg.connect(service_database.service_url.replace("+asyncpg", ""))
    try:
        await owner.execute("BEGIN; LOCK TABLE row_things IN ACCESS EXCLUSIVE MODE")
        tasks = [asyncio.create_task(commit_thing(database, f"lost{number}")) for number in range(3)]
        await asyncio.sleep(0.03)
        await other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'rows' AND wait_event_type = 'Lock'"
        )
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        await owner.execute("ROLLBACK")
    finally:
        await owner.close()
        await other.close()
    assert any(isinstance(answer, lanes.LOST) for answer in answers), answers
    await commit_thing(database, "after")
    lost = {f"lost{number}" for number, answer in enumerate(answers) if answer is not None}
    assert await names(database) == {"before", "after", *(f"lost{n}" for n in range(3))} - lost


async def test_whoever_comes_while_a_lane_ends_is_served(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LINGER", 0.0)
    async with asyncio.timeout(30):
        for number in range(40):
            await asyncio.gather(*(commit_thing(database, f"n{number}-{one}") for one in range(3)))
    assert len(await names(database)) == 120


async def test_lanes_that_end_in_turn_while_no_connection_is_to_be_had_keep_nobody() -> None:
    """Each lane has another beside it when it ends: none of them is ever the last."""
    delays = iter([0.02, 0.03])

    @asynccontextmanager
    async def away() -> AsyncIterator[AsyncSession]:
        await asyncio.sleep(next(delays, 0.02))
        raise ConnectionRefusedError
        yield

    gathering = Gathering(away)
    asked = [Question(f"SELECT {number}", "key") for number in range(4)]
    async with asyncio.timeout(10):
        first = asyncio.gather(*(gathering.ask(one, [1]) for one in asked), return_exceptions=True)
        await asyncio.sleep(0.025)  # one lane has ended, the other has not
        second = asyncio.gather(*(gathering.ask(one, [2]) for one in asked), return_exceptions=True)
        answers = [*await first, *await second]
    assert [type(answer) for answer in answers] == [ConnectionRefusedError] * 8


async def test_rows_are_there_for_the_next_statement_of_their_session(database: Database) -> None:
    async with database.session() as session:
        rows_of(session).add(THINGS, [a_thing("seen")])
        assert set(await session.scalars(select(THINGS.c.name))) == {"seen"}
        assert not row_session(session).only_rows
        await session.rollback()
    assert await names(database) == set()


async def test_rows_of_a_savepoint_go_with_it_and_those_before_it_stay(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("SELECT 1"))
        rows_of(session).add(THINGS, [a_thing("before")])
        nested = await session.begin_nested()
        rows_of(session).add(THINGS, [a_thing("inside")])
        await nested.rollback()
        rows_of(session).add(THINGS, [a_thing("after")])
        await session.commit()
    assert await names(database) == {"before", "after"}


async def test_rows_are_inserted_only_if_what_they_rest_on_is_as_it_was_seen(database: Database) -> None:
    base = a_thing("base")
    async with database.session() as session:
        rows_of(session).add(THINGS, [base])
        await database.commit(session)

    async def add(name: str, version: int) -> None:
        async with database.session() as session:
            rows_of(session).expect(THINGS, {base["id"]: version})
            rows_of(session).add(THINGS, [a_thing(name)])
            await database.commit(session)

    await asyncio.gather(*(add(f"good{number}", 1) for number in range(3)))
    async with database.session() as session:
        await session.execute(update(THINGS).where(THINGS.c.id == base["id"]).values(version=2))
        adding = asyncio.create_task(add("late", 1))  # waits for whoever is changing it, and sees the change
        await asyncio.sleep(0.05)
        await session.commit()
    with pytest.raises(DBAPIError) as stale:
        await adding
    assert getattr(stale.value.orig, "sqlstate", None) == "40001"
    answers = await asyncio.gather(add("old", 1), add("new", 2), return_exceptions=True)
    assert [type(answer) for answer in answers] == [DBAPIError, type(None)]
    assert await names(database) == {"base", "good0", "good1", "good2", "new"}


async def test_rows_that_were_not_committed_are_nowhere(database: Database) -> None:
    async with database.session() as session:
        rows_of(session).add(THINGS, [a_thing("never")])
    async with database.session() as session:
        rows_of(session).add(THINGS, [a_thing("taken back")])
        await session.execute(text("SELECT 1"))
        await session.rollback()
        await session.commit()
    assert await names(database) == set()


async def test_listeners_hear_of_a_group_commit_and_of_an_ordinary_one(database: Database) -> None:
    heard = asyncio.Queue[str]()
    connection = await database.connect_raw()
    try:
        await connection.add_listener("row_things", lambda *_: heard.put_nowait("x"))
        await commit_thing(database, "together")
        async with asyncio.timeout(5):
            await heard.get()
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
            rows_of(session).add(THINGS, [a_thing("alone")])
            await session.commit()
        async with asyncio.timeout(5):
            await heard.get()
    finally:
        await connection.close()


async def test_commits_that_notify_do_not_queue_for_one_lock(database: Database) -> None:
    """A transaction that holds its NOTIFY keeps the server's one lock until its commit is on the disk."""
    async with database.session() as session:
        mark = await session.scalar(text("SELECT current_setting('xiangli.wakes')"))
    assert mark == "on"
    raw = await database.connect_raw()
    try:
        source = await raw.fetchval("SELECT prosrc FROM pg_proc WHERE proname = 'outbox_notify'")
    finally:
        await raw.close()
    assert "xiangli.wakes" in source


BY_NAME = Question("SELECT name, number FROM row_things WHERE name = ANY($1::text[])", key="name")


async def test_a_lane_that_was_called_in_vain_keeps_its_connection(database: Database) -> None:
    """Two who ask the same at once call both lanes, and the first one answers them all."""
    mine = Question("SELECT number AS key, pg_backend_pid() AS pid FROM unnest($1::int[]) AS number", "key")
    slow = Question("SELECT number AS key, pg_sleep(0.2) FROM unnest($1::int[]) AS number", "key")

    async def ask(number: int) -> int:
        pid: int = (await database.reads.ask(mine, [number]))[number]["pid"]
        return pid

    slowly = asyncio.create_task(database.reads.ask(slow, [1]))
    await asyncio.sleep(0.1)
    pids = {await ask(0)}  # by the second lane
    await slowly
    for number in range(20):
        pids |= set(await asyncio.gather(ask(2 * number), ask(2 * number + 1)))
    assert database.reads.open == 2, "one has ended"
    assert len(pids) <= 2


async def test_a_gathered_read_sees_what_was_committed_before_it(database: Database) -> None:
    for number in range(10):
        await commit_thing(database, f"n{number}")
        asked = await asyncio.gather(*(database.reads.ask(BY_NAME, [f"n{number}", f"x{one}"]) for one in range(5)))
        assert [set(rows) for rows in asked] == [{f"n{number}"}] * 5


async def test_what_is_asked_by_keys_is_planned_once_and_reads_no_table_whole(database: Database) -> None:
    plans = Question(
        "SELECT statement AS key, custom_plans::int, generic_plans::int FROM pg_prepared_statements"
        " WHERE statement = ANY($1::text[])",
        key="key",
    )
    setting = Question("SELECT name AS key, setting FROM pg_settings WHERE name = ANY($1::text[])", key="key")
    settings = ("plan_cache_mode", "enable_seqscan", "lock_timeout")

    for length in range(1, 9):
        await database.reads.ask(BY_NAME, [f"n{one}" for one in range(length)])
    asked = (await database.reads.ask(plans, [BY_NAME.sql]))[BY_NAME.sql]
    in_a_lane = await database.reads.ask(setting, settings)
    rows = Rows()
    rows.add(THINGS, [a_thing("n1")])
    assert await database.group.write(rows)
    await database.reads.let_go()
    await database.group.let_go()

    assert (asked["custom_plans"], asked["generic_plans"]) == (0, 8)
    assert in_a_lane["enable_seqscan"]["setting"] == "off"
    async with database.session() as one, database.session() as other:  # the lanes' connections, given back
        for session in (one, other):
            shown = [await session.scalar(text(f"SHOW {name}")) for name in settings]
            assert shown == ["auto", "on", "3s"]


async def test_a_row_is_written_together_whatever_else_the_table_has(database: Database) -> None:
    event = {"effect": "x", "event_id": UUID(int=1), "happened_at": NOW}
    async with database.session() as session:
        rows_of(session).add(EFFECTS, [event])
        assert row_session(session).only_rows
        await database.commit(session)
        assert (await session.execute(select(EFFECTS.c.effect))).scalars().all() == ["x"]
        await session.execute(text("DELETE FROM effects"))
        await session.commit()
