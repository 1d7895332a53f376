"""The access log: committed before the answer, in groups, one chain per process, whatever the connection does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
import structlog

from shared.auth.access_chain import GENESIS, Head
from shared.auth.access_log import (
    MANY,
    MAX_ROWS,
    AccessEntry,
    AccessLog,
    AccessNotes,
    Detail,
    Purpose,
    Result,
    SystemActor,
)
from shared.auth.access_log import AccessLogUnavailable as LogUnavailable
from shared.auth.access_verify import verify
from shared.db.engine import Database, raw_dsn
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase

CLERK = SystemActor("clerk")


def an_entry(clock: FrozenClock, **changes: str | None) -> AccessEntry:
    values = {"subject": "clerk", "action": "read", "noun": "registry.person", "object_id": "p-1", "area": "450481"}
    return AccessEntry(at=clock.now(), **(values | changes))  # type: ignore[arg-type]  # only texts are changed


@asynccontextmanager
async def running(log: AccessLog) -> AsyncIterator[AccessLog]:
    await log.start()
    try:
        yield log
    finally:
        await log.stop()


@pytest.fixture
def dsn(kit_database: Database, service_database: ServiceDatabase) -> str:
    """The service role's address; what a test writes is emptied after it."""
    return raw_dsn(service_database.service_url)


@pytest.fixture
async def owner(kit_database: Database, service_database: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await service_database.as_owner()
    yield connection
    await connection.close()


async def test_an_entry_is_committed_when_write_returns(
    dsn: str, owner: asyncpg.Connection, clock: FrozenClock
) -> None:
    notes = AccessNotes(clock, request_id="r-1")
    person = uuid4()
    notes.note(
        CLERK,
        action="read",
        noun="registry.person",
        object_id=person,
        area="450481100201",
        purpose=Purpose.VISIT,
        detail=Detail.FULL,
        result=Result.OK,
        role="grid_worker",
    )
    assert [entry.object_id for entry in notes] == [str(person)]
    clock.advance(seconds=1)
    async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
        await log.write(notes.drain())
        row = await owner.fetchrow("SELECT * FROM access_log")
    assert row is not None
    assert len(notes) == 0
    told = {name: value for name, value in row.items() if name not in ("at", "occurred_at")}
    assert told == {
        "writer": "w",
        "batch": 1,
        "position": 0,
        "subject": "clerk",
        "role": "grid_worker",
        "purpose": "visit",
        "action": "read",
        "noun": "registry.person",
        "object_id": str(person),
        "area": "450481100201",
        "detail": "full",
        "result": "ok",
        "request_id": "r-1",
    }
    assert (row["at"], row["occurred_at"]) == (clock.now(), clock.now() - timedelta(seconds=1))


async def test_callers_that_wait_share_a_commit_and_keep_their_order(
    dsn: str, owner: asyncpg.Connection, clock: FrozenClock
) -> None:
    async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
        await asyncio.gather(*(log.write([an_entry(clock, object_id=str(number))]) for number in range(200)))
        assert log.head.number < 20
    rows = await owner.fetch("SELECT object_id FROM access_log ORDER BY batch, position")
    assert [row["object_id"] for row in rows] == [str(number) for number in range(200)]
    assert (await verify(owner)).sound


async def test_a_batch_has_a_limit_and_a_caller_is_never_split(
    dsn: str, owner: asyncpg.Connection, clock: FrozenClock
) -> None:
    async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
        await asyncio.gather(*(log.write([an_entry(clock)] * count) for count in (MAX_ROWS + 1, 1500, 400, 101)))
    counts = await owner.fetch("SELECT count FROM access_log_batches ORDER BY number")
    assert [row["count"] for row in counts] == [MAX_ROWS + 1, 1900, 101]


async def test_nothing_to_write_asks_nothing_of_the_database(clock: FrozenClock) -> None:
    async with running(AccessLog("postgresql://nobody@127.0.0.1:1/none", writer="w", clock=clock)) as log:
        await log.write([])


async def test_without_a_database_the_caller_gets_no_answer(clock: FrozenClock) -> None:
    async with running(AccessLog("postgresql://nobody@127.0.0.1:1/none", writer="w", clock=clock)) as log:
        for _ in range(2):
            with pytest.raises(LogUnavailable) as refused:
                await log.write([an_entry(clock)])
            assert refused.value.retry_after == 1


async def test_before_the_start_and_after_the_end_nothing_is_taken(dsn: str, clock: FrozenClock) -> None:
    log = AccessLog(dsn, writer="w", clock=clock)
    with pytest.raises(LogUnavailable):
        await log.write([an_entry(clock)])
    async with running(log):
        await log.write([an_entry(clock)])
    with pytest.raises(LogUnavailable):
        await log.write([an_entry(clock)])
    await log.stop()


async def test_what_waits_at_the_end_is_written(dsn: str, owner: asyncpg.Connection, clock: FrozenClock) -> None:
    log = AccessLog(dsn, writer="w", clock=clock)
    await log.start()
    writing = [asyncio.create_task(log.write([an_entry(clock)])) for _ in range(5)]
    await asyncio.sleep(0)
    await log.stop()
    await asyncio.gather(*writing)
    assert await owner.fetchval("SELECT count(*) FROM access_log") == 5


async def test_a_caller_that_went_away_is_logged_and_hurts_nobody(
    dsn: str, owner: asyncpg.Connection, clock: FrozenClock
) -> None:
    async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
        gone = asyncio.create_task(log.write([an_entry(clock, object_id="gone")]))
        await asyncio.sleep(0)
        gone.cancel()
        await log.write([an_entry(clock, object_id="here")])
    assert await owner.fetchval("SELECT count(*) FROM access_log") == 2


async def test_a_lost_connection_is_replaced_and_the_chain_goes_on(
    dsn: str, owner: asyncpg.Connection, clock: FrozenClock
) -> None:
    async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
        for _ in range(3):
            await log.write([an_entry(clock)])
            await kill_connection(dsn)
        await log.write([an_entry(clock)])
        assert log.head.number == 4
    verified = await verify(owner, announced=[log.head])
    assert (verified.findings, verified.rows) == ([], 4)


async def test_a_commit_whose_answer_was_lost_is_not_written_twice(
    dsn: str, owner: asyncpg.Connection, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch is committed and the connection dies before the answer comes."""
    losses = 1

    async def lose(log: AccessLog, connection: asyncpg.Connection, *arguments: object) -> None:
        nonlocal losses
        await insert(log, connection, *arguments)  # type: ignore[arg-type]  # handed through
        if losses:
            losses -= 1
            connection.terminate()
            raise asyncpg.ConnectionDoesNotExistError

    insert = AccessLog._insert
    monkeypatch.setattr(AccessLog, "_insert", lose)
    async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
        await log.write([an_entry(clock)])
        await log.write([an_entry(clock)])
    assert losses == 0
    verified = await verify(owner)
    assert (verified.findings, verified.rows, verified.batches) == ([], 2, 2)


async def test_a_database_that_comes_back_is_written_to_again(
    dsn: str, owner: asyncpg.Connection, clock: FrozenClock
) -> None:
    async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
        await log.write([an_entry(clock)])
        await owner.execute("ALTER TABLE access_log RENAME TO access_log_away")
        try:
            with pytest.raises(LogUnavailable):
                await log.write([an_entry(clock)])
        finally:
            await owner.execute("ALTER TABLE access_log_away RENAME TO access_log")
        await log.write([an_entry(clock)])
    verified = await verify(owner)
    assert (verified.findings, verified.rows) == ([], 2)


async def test_odd_text_of_one_caller_does_not_stop_the_others(
    dsn: str, owner: asyncpg.Connection, clock: FrozenClock
) -> None:
    async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
        odd = [an_entry(clock, subject=text) for text in ("a\0b", "\udc00", "x" * 10_000, "行\n政")]
        await asyncio.gather(log.write(odd), log.write([an_entry(clock)]))
    rows = await owner.fetch("SELECT subject FROM access_log ORDER BY position")
    assert [row["subject"] for row in rows] == ["a\ufffdb", "?", "x" * 500, "行\n政", "clerk"]
    assert (await verify(owner)).sound


async def test_two_processes_have_two_chains(dsn: str, owner: asyncpg.Connection, clock: FrozenClock) -> None:
    async with (
        running(AccessLog(dsn, writer="a", clock=clock)) as one,
        running(AccessLog(dsn, writer="b", clock=clock)) as two,
    ):
        await asyncio.gather(*(log.write([an_entry(clock)]) for log in (one, two) for _ in range(5)))
    verified = await verify(owner, announced=[one.head, two.head])
    assert (verified.findings, {head.writer for head in verified.heads}) == ([], {"a", "b"})


async def test_times_of_a_chain_never_run_backwards(dsn: str, owner: asyncpg.Connection, clock: FrozenClock) -> None:
    async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
        for hours in (1, -2, 2):
            clock.advance(hours=hours)
            await log.write([an_entry(clock)])
    times = [row["at"] for row in await owner.fetch("SELECT at FROM access_log_batches ORDER BY number")]
    assert times == sorted(times)
    assert (await verify(owner)).sound


async def test_heads_are_announced_when_they_moved_and_at_the_end(dsn: str, clock: FrozenClock) -> None:
    announced: list[Head] = []
    log = AccessLog(dsn, writer="w", clock=clock, announce=announced.append, announce_every=0.01)
    async with running(log):
        await asyncio.sleep(0.05)
        assert announced == []
        await log.write([an_entry(clock)])
        await until(lambda: len(announced) == 1)
        await asyncio.sleep(0.05)
        assert announced == [log.head]
    slow = AccessLog(dsn, writer="v", clock=clock, announce=announced.append)
    async with running(slow):
        await slow.write([an_entry(clock)])
    assert announced == [log.head, slow.head]
    assert GENESIS not in [head.hash for head in announced]


async def test_the_log_line_of_a_head_names_writer_number_hash_and_time(dsn: str, clock: FrozenClock) -> None:
    with structlog.testing.capture_logs() as lines:
        async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
            await log.write([an_entry(clock)])
    [line] = [line for line in lines if line["event"] == "access_log_head"]
    assert (line["writer"], line["number"], line["hash"]) == ("w", 1, log.head.hash.hex())
    assert line["at"] == clock.now().isoformat()


async def kill_connection(dsn: str) -> None:
    """End the access log's connection from the server's side."""
    connection = await asyncpg.connect(dsn)
    killed = await connection.fetchval(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE application_name = 'w:access-log' AND datname = current_database()"
    )
    await connection.close()
    assert killed == 1


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


async def test_many_rows_of_a_batch_are_kept_as_few_are(
    dsn: str, owner: asyncpg.Connection, clock: FrozenClock
) -> None:
    """They are copied, and one that the database refuses takes its batch along."""
    few = [an_entry(clock, object_id=str(number), role=None, area="450481") for number in range(MANY - 1)]
    async with running(AccessLog(dsn, writer="w", clock=clock)) as log:
        await log.write(few)
        await log.write([*few, few[0]])
        with pytest.raises(LogUnavailable):
            await log.write([*few, an_entry(clock, detail=None)])
        await log.write(few[:1])
        assert log.head.number == 3
    columns = "position, occurred_at, subject, role, purpose, action, noun, object_id, area, detail, result, request_id"
    kept = [await owner.fetch(f"SELECT {columns} FROM access_log WHERE batch = {n} ORDER BY position") for n in (1, 2)]
    assert kept[1][: MANY - 1] == kept[0]
    verified = await verify(owner)
    assert (verified.findings, verified.rows, verified.batches) == ([], 2 * MANY, 3)
