"""Whoever touches the access log with the owner's rights is found out: each kind of damage, done and named."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import MetaData

from shared.auth.access_chain import GENESIS, Head, batch_hash
from shared.auth.access_log import AccessEntry, AccessLog
from shared.auth.access_verify import Damage, Finding, Verified, read_heads, verify
from shared.auth.tables import KEEP_DAYS, AccessLogBatch, AccessLogRow
from shared.db.engine import Database, raw_dsn
from shared.db.partitions import maintain
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase

BATCHES = 5
ROWS = 3


@pytest.fixture
async def owner(kit_database: Database, service_database: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await service_database.as_owner()
    yield connection
    await connection.close()


@pytest.fixture
async def heads(owner: asyncpg.Connection, service_database: ServiceDatabase, clock: FrozenClock) -> list[Head]:
    """Five batches of three rows each by the writer `w`; the heads after each."""
    return await written(service_database, clock)


async def written(database: ServiceDatabase, clock: FrozenClock, *, writer: str = "w", days: float = 0) -> list[Head]:
    log = AccessLog(raw_dsn(database.service_url), writer=writer, clock=clock, announce=lambda head: None)
    await log.start()
    heads = []
    for batch in range(BATCHES):
        entries = [
            AccessEntry(
                at=clock.now(),
                subject="clerk",
                action="read",
                noun="registry.person",
                object_id=f"p-{batch}-{row}",
                area="450481100201",
                purpose="visit",
                request_id=None,
            )
            for row in range(ROWS)
        ]
        await log.write(entries)
        heads.append(log.head)
        clock.advance(days=days, minutes=1)
    await log.stop()
    return heads


def found(verified: Verified) -> list[tuple[int, str]]:
    assert all(finding.writer == "w" for finding in verified.findings)
    return [(finding.number, finding.damage.value) for finding in verified.findings]


async def test_an_untouched_log_is_sound(owner: asyncpg.Connection, heads: list[Head]) -> None:
    verified = await verify(owner, announced=heads)
    assert verified.sound
    assert (verified.batches, verified.rows, verified.heads) == (BATCHES, BATCHES * ROWS, [heads[-1]])


@pytest.mark.parametrize(
    "change",
    [
        "subject = 'somebody else'",
        "purpose = NULL",
        "purpose = 'audit'",
        "object_id = 'p-9'",
        "area = '450481'",
        "detail = 'full'",
        "result = 'refused'",
        "role = 'auditor'",
        "request_id = ''",
        "action = 'correct'",
        "noun = 'registry.household'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "at = at + interval '1 microsecond'",
        "position = 7",
    ],
)
async def test_a_changed_row_is_found_whatever_was_changed(
    owner: asyncpg.Connection, heads: list[Head], change: str
) -> None:
    await owner.execute(f"UPDATE access_log SET {change} WHERE batch = 3 AND position = 1")
    assert found(await verify(owner)) == [(3, "changed")]


async def test_two_rows_that_changed_places_are_found(owner: asyncpg.Connection, heads: list[Head]) -> None:
    await owner.execute("UPDATE access_log SET position = 9 - position WHERE batch = 2 AND position IN (0, 1)")
    await owner.execute("UPDATE access_log SET position = position - 8 WHERE batch = 2 AND position = 9")
    await owner.execute("UPDATE access_log SET position = 0 WHERE batch = 2 AND position = 8")
    assert found(await verify(owner)) == [(2, "changed")]


@pytest.mark.parametrize(
    ("change", "damage"),
    [
        ("count = 2", [(3, "inserted")]),
        ("count = 4", [(3, "removed")]),
        ("at = at + interval '1 second'", [(3, "changed")]),
        ("hash = sha256(hash)", [(3, "changed"), (4, "changed")]),
        ("previous = sha256(previous)", [(3, "changed")]),
        ("number = 30", [(3, "inserted"), (3, "removed"), (6, "removed"), (30, "removed")]),
    ],
)
async def test_a_changed_batch_is_found(
    owner: asyncpg.Connection, heads: list[Head], change: str, damage: list[tuple[int, str]]
) -> None:
    await owner.execute(f"UPDATE access_log_batches SET {change} WHERE number = 3")
    assert sorted(found(await verify(owner))) == damage


@pytest.mark.parametrize("position", [0, 1, 2])
async def test_a_removed_row_is_found(owner: asyncpg.Connection, heads: list[Head], position: int) -> None:
    await owner.execute("DELETE FROM access_log WHERE batch = 3 AND position = $1", position)
    assert found(await verify(owner)) == [(3, "removed")]


async def test_a_removed_batch_is_found(owner: asyncpg.Connection, heads: list[Head]) -> None:
    await owner.execute("DELETE FROM access_log WHERE batch = 3")
    await owner.execute("DELETE FROM access_log_batches WHERE number = 3")
    assert found(await verify(owner)) == [(3, "removed")]


async def test_rows_whose_batch_was_removed_are_found(owner: asyncpg.Connection, heads: list[Head]) -> None:
    await owner.execute("DELETE FROM access_log_batches WHERE number = 3")
    assert found(await verify(owner)) == [(3, "inserted"), (3, "removed")]


async def test_a_removed_beginning_is_found(owner: asyncpg.Connection, heads: list[Head]) -> None:
    await owner.execute("DELETE FROM access_log WHERE batch <= 2")
    await owner.execute("DELETE FROM access_log_batches WHERE number <= 2")
    assert found(await verify(owner)) == [(1, "removed")]


INSERT_ROW = """
INSERT INTO access_log
    (writer, batch, position, at, occurred_at, subject, action, noun, object_id, area, detail, result)
SELECT writer, $1, $2, at, at, 'nobody', 'read', 'registry.person', 'p', area, detail, result
FROM access_log WHERE batch = 3 AND position = 0
"""


@pytest.mark.parametrize(("batch", "position"), [(3, 3), (3, -1), (0, 0), (6, 0), (99, 0)])
async def test_an_inserted_row_is_found(
    owner: asyncpg.Connection, heads: list[Head], batch: int, position: int
) -> None:
    await owner.execute(INSERT_ROW, batch, position)
    assert found(await verify(owner)) == [(batch, "inserted")]


async def test_a_row_inserted_under_another_writers_name_is_found(owner: asyncpg.Connection, heads: list[Head]) -> None:
    await owner.execute(INSERT_ROW.replace("SELECT writer", "SELECT 'v'"), 1, 0)
    assert (await verify(owner)).findings == [Finding("v", 1, Damage.INSERTED)]


async def test_a_batch_put_in_beside_another_is_found(owner: asyncpg.Connection, heads: list[Head]) -> None:
    await owner.execute(
        "INSERT INTO access_log_batches SELECT writer, number, at + interval '1 day', count, previous, hash"
        " FROM access_log_batches WHERE number = 3"
    )
    assert found(await verify(owner)) == [(3, "inserted")]


async def test_a_batch_appended_without_the_chain_is_found(owner: asyncpg.Connection, heads: list[Head]) -> None:
    await owner.execute(
        "INSERT INTO access_log_batches"
        " SELECT writer, 6, at, 0, previous, hash FROM access_log_batches WHERE number = 5"
    )
    assert found(await verify(owner)) == [(6, "changed")]


@pytest.mark.parametrize("kept", [4, 1, 0])
async def test_a_cut_tail_shows_by_the_announced_head(owner: asyncpg.Connection, heads: list[Head], kept: int) -> None:
    await owner.execute("DELETE FROM access_log WHERE batch > $1", kept)
    await owner.execute("DELETE FROM access_log_batches WHERE number > $1", kept)
    assert (await verify(owner)).sound  # in itself; that is why heads are announced
    assert found(await verify(owner, announced=[heads[-1]])) == [(5, "tail_cut")]


async def test_a_chain_computed_anew_shows_by_the_announced_head(owner: asyncpg.Connection, heads: list[Head]) -> None:
    """Somebody with all rights changes a row of batch 4 and makes the chain fit again."""
    await owner.execute("UPDATE access_log SET subject = 'somebody else' WHERE batch = 4 AND position = 1")
    before = heads[2]
    for number in (4, 5):
        batch = await owner.fetchrow("SELECT * FROM access_log_batches WHERE number = $1", number)
        rows = await owner.fetch("SELECT * FROM access_log WHERE batch = $1 ORDER BY position", number)
        assert batch is not None
        entries = [
            AccessEntry(
                at=row["occurred_at"],
                **{name: row[name] for name in AccessEntry.__dataclass_fields__ if name != "at"},
            )
            for row in rows
        ]
        after = Head("w", number, batch_hash(before, batch["at"], entries))
        await owner.execute(
            "UPDATE access_log_batches SET previous = $2, hash = $3 WHERE number = $1", number, before.hash, after.hash
        )
        before = after
    assert (await verify(owner)).sound
    assert found(await verify(owner, announced=heads)) == [(4, "rewritten"), (5, "rewritten")]


async def test_a_writer_that_vanished_as_a_whole_shows_by_its_head(
    owner: asyncpg.Connection, heads: list[Head]
) -> None:
    await owner.execute("TRUNCATE access_log, access_log_batches")
    assert found(await verify(owner, announced=[heads[-1]])) == [(5, "tail_cut")]


async def test_months_dropped_by_retention_are_no_damage_but_what_was_kept_is(
    owner: asyncpg.Connection, service_database: ServiceDatabase
) -> None:
    clock = FrozenClock(datetime(2026, 1, 10, 4, tzinfo=UTC))
    tables = MetaData()
    for model in (AccessLogRow, AccessLogBatch):
        model.metadata.tables[model.__tablename__].to_metadata(tables)
    await maintain(owner, [tables], clock)
    heads = await written(service_database, clock, days=20)  # 01-10, 01-30, 02-19, 03-11, 03-31
    clock.set(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=KEEP_DAYS + 1))
    await maintain(owner, [tables], clock)
    assert await owner.fetchval("SELECT min(number) FROM access_log_batches") == 4

    kept_from = clock.now() - timedelta(days=KEEP_DAYS)
    assert (await verify(owner, announced=heads, kept_from=kept_from)).sound
    assert found(await verify(owner)) == [(1, "removed")]
    await owner.execute("DELETE FROM access_log WHERE batch = 4")
    await owner.execute("DELETE FROM access_log_batches WHERE number = 4")
    assert found(await verify(owner, announced=heads, kept_from=kept_from)) == [(4, "removed")]
    await owner.execute("TRUNCATE access_log, access_log_batches")
    cut = [(4, "tail_cut"), (5, "tail_cut")]
    assert found(await verify(owner, announced=heads, kept_from=kept_from)) == cut


async def test_the_running_service_may_neither_change_nor_remove_what_it_logged(
    heads: list[Head], service_database: ServiceDatabase
) -> None:
    connection = await asyncpg.connect(raw_dsn(service_database.service_url))
    try:
        for table in ("access_log", "access_log_batches"):
            for statement in (f"UPDATE {table} SET writer = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
            for partition in await connection.fetch(
                "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::text::regclass", table
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(f"DELETE FROM {partition['name']}")
    finally:
        await connection.close()


def test_heads_are_read_from_the_lines_of_a_log() -> None:
    at = datetime(2026, 3, 16, 2, tzinfo=UTC)
    head = {"event": "access_log_head", "writer": "w", "number": 7, "hash": GENESIS.hex(), "at": at.isoformat()}
    lines = [
        "started",
        json.dumps({"event": "x"}),
        json.dumps(head),
        json.dumps({"event": "y", "says": "access_log_head"}),
    ]
    assert read_heads(lines) == [Head("w", 7, GENESIS, at)]
