"""Partitions ahead, retention, and what must not be dropped whatever its age."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from shared.db import locks
from shared.db.engine import raw_dsn
from shared.db.partitions import Maintained
from shared.migration.maintenance import maintain
from shared.migration.migrate import migrate
from shared.testing.clock import FrozenClock
from shared.testing.databases import KIT_ONLY
from shared.testing.migrations import EmptyDatabase, provision_empty

DAY_ZERO = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
PRESENT, FORMER = "present-broker", "former-broker"


class World:
    """A database with the kit's tables, its clock, and its rows as the owner sees them."""

    def __init__(self, database: EmptyDatabase, connection: asyncpg.Connection) -> None:
        self.database = database
        self.connection = connection
        self.clock = FrozenClock(DAY_ZERO)

    async def maintain(self) -> Maintained:
        return await maintain(KIT_ONLY, self.database.owner_url, self.clock)

    async def partitions(self, table: str) -> list[str]:
        rows = await self.connection.fetch(
            "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = to_regclass($1) ORDER BY 1",
            table,
        )
        return [row["name"].removeprefix(table + "_") for row in rows]

    async def place_of(self, table: str, condition: str = "true") -> set[str]:
        rows = await self.connection.fetch(
            f"SELECT DISTINCT tableoid::regclass::text AS name FROM {table} WHERE {condition}"
        )
        return {row["name"].removeprefix(table + "_") for row in rows}

    async def event(self, created: datetime, *, published: datetime | None, broker: str | None = PRESENT) -> None:
        await self.connection.execute(
            "INSERT INTO outbox (created_at, event_id, shard, noun, key, type, schema_version, sequence, revision,"
            " occurred_at, payload, published_at, broker)"
            " VALUES ($1, $2, 0, 'n', 'k', 't', 1, 1, 0, $1, '', $3, $4)",
            created,
            uuid4(),
            published,
            broker if published else None,
        )

    async def meet(self, broker: str) -> None:
        await self.connection.execute(
            "INSERT INTO broker_seen (reader, cluster_id, seen_at) VALUES ('relay', $1, now())"
            " ON CONFLICT (reader) DO UPDATE SET cluster_id = $1",
            broker,
        )


@pytest.fixture
async def world(postgres: str, worker_id: str) -> AsyncIterator[World]:
    """Migrated on day zero."""
    database = await provision_empty(KIT_ONLY, postgres, f"partitions_{worker_id}")
    await migrate(KIT_ONLY, database.owner_url, service_role=database.names.role, clock=FrozenClock(DAY_ZERO))
    connection = await asyncpg.connect(raw_dsn(database.owner_url))
    try:
        yield World(database, connection)
    finally:
        await connection.close()


async def test_the_first_migration_makes_the_coming_days_and_months(world: World) -> None:
    days = ["20260330", "20260331", *(f"2026040{day}" for day in range(1, 7))]
    assert await world.partitions("outbox") == [*days, "default"]
    assert await world.partitions("idempotency_keys") == [*days, "default"]
    assert await world.partitions("access_log") == ["202603", "202604", "202605", "default"]


async def test_maintaining_again_on_the_same_day_changes_nothing(world: World) -> None:
    assert await world.maintain() == Maintained()


async def test_each_day_brings_its_partition(world: World) -> None:
    world.clock.advance(days=2)
    report = await world.maintain()
    assert {name for name in report.created if name.startswith("outbox")} == {"outbox_20260407", "outbox_20260408"}
    assert "access_log_202606" in report.created  # it is April now


async def test_rows_for_which_no_partition_was_there_in_time_move_into_it(world: World) -> None:
    late = DAY_ZERO + timedelta(days=30)
    await world.event(late, published=None)
    await world.event(late + timedelta(days=1), published=None)
    assert await world.place_of("outbox") == {"default"}
    world.clock.set(late)
    await world.maintain()
    assert await world.place_of("outbox") == {"20260429", "20260430"}


async def test_the_service_uses_new_partitions_without_a_grant_of_their_own(world: World) -> None:
    world.clock.advance(days=10)
    await world.maintain()
    service = await asyncpg.connect(raw_dsn(world.database.service_url))
    try:
        await service.execute(
            "INSERT INTO idempotency_keys (digest, created_at, fingerprint, answer) VALUES ('d', $1, 'f', 'a')",
            world.clock.now(),
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service.execute("DELETE FROM idempotency_keys_20260409")
    finally:
        await service.close()


async def test_idempotency_keys_go_after_seven_days(world: World) -> None:
    insert = "INSERT INTO idempotency_keys (digest, created_at, fingerprint, answer) VALUES ('d', $1, 'f', 'a')"
    await world.connection.execute(insert, DAY_ZERO)
    world.clock.set(datetime(2026, 4, 6, 23, 59, tzinfo=UTC))
    assert "idempotency_keys_20260330" not in (await world.maintain()).dropped
    world.clock.set(datetime(2026, 4, 7, 0, 0, tzinfo=UTC))
    assert "idempotency_keys_20260330" in (await world.maintain()).dropped
    assert await world.connection.fetchval("SELECT count(*) FROM idempotency_keys") == 0


async def test_the_access_log_is_kept_for_six_months_at_least(world: World) -> None:
    insert = (
        "INSERT INTO access_log (writer, batch, position, at, occurred_at, subject, action, noun, detail, result)"
        " VALUES ('w', 1, 0, $1, $1, 's', 'a', 'n', 'masked', 'ok')"
    )
    last_of_march = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
    await world.connection.execute(insert, last_of_march)
    world.clock.set(last_of_march + timedelta(days=183))
    await world.maintain()
    assert await world.place_of("access_log") == {"202603"}
    world.clock.advance(days=2)
    assert "access_log_202603" in (await world.maintain()).dropped


async def test_a_published_day_of_the_outbox_goes_after_three_days(world: World) -> None:
    await world.meet(PRESENT)
    await world.event(DAY_ZERO, published=DAY_ZERO + timedelta(hours=1))
    world.clock.advance(days=3)
    assert "outbox_20260330" in await _outbox(world)
    world.clock.advance(hours=13)
    report = await world.maintain()
    assert "outbox_20260330" in report.dropped
    assert await world.connection.fetchval("SELECT count(*) FROM outbox") == 0


async def test_an_unpublished_row_keeps_its_day_for_ever(world: World) -> None:
    await world.meet(PRESENT)
    await world.event(DAY_ZERO, published=DAY_ZERO)
    await world.event(DAY_ZERO, published=None)
    world.clock.advance(days=60)
    report = await world.maintain()
    assert report.kept_waiting == ["outbox_20260330"]
    assert await world.connection.fetchval("SELECT count(*) FROM outbox") == 2


async def test_a_day_that_was_published_late_is_kept_for_three_days_from_then(world: World) -> None:
    await world.meet(PRESENT)
    await world.event(DAY_ZERO, published=DAY_ZERO + timedelta(days=10))
    world.clock.advance(days=12)
    assert (await world.maintain()).kept_waiting == ["outbox_20260330"]
    world.clock.advance(days=2)
    assert "outbox_20260330" in (await world.maintain()).dropped


async def test_a_day_that_only_a_former_broker_acknowledged_is_kept(world: World) -> None:
    await world.meet(PRESENT)
    await world.event(DAY_ZERO, published=DAY_ZERO, broker=FORMER)
    world.clock.advance(days=30)
    assert (await world.maintain()).kept_waiting == ["outbox_20260330"]


async def test_a_relay_that_finds_a_new_broker_during_the_drop_is_waited_for(world: World) -> None:
    await world.meet(PRESENT)
    await world.event(DAY_ZERO, published=DAY_ZERO)
    world.clock.advance(days=30)
    relay = await asyncpg.connect(raw_dsn(world.database.owner_url))
    try:
        marking = relay.transaction()
        await marking.start()
        await relay.execute("UPDATE outbox SET published_at = NULL, broker = NULL")
        maintaining = asyncio.create_task(world.maintain())
        await asyncio.sleep(0.3)
        assert not maintaining.done()  # it waits for the lock, having seen the row as published
        await marking.commit()
        assert (await maintaining).kept_waiting == ["outbox_20260330"]
    finally:
        await relay.close()


async def test_published_rows_of_the_default_partition_go_as_well(world: World) -> None:
    await world.meet(PRESENT)
    old = DAY_ZERO - timedelta(days=40)
    await world.event(old, published=old)
    await world.event(old, published=None)
    report = await world.maintain()
    assert report.removed == 1
    assert await world.connection.fetchval("SELECT count(*) FROM outbox_default WHERE published_at IS NULL") == 1


async def test_finished_jobs_go_after_three_months_and_open_ones_never(world: World) -> None:
    insert = (
        "INSERT INTO jobs (id, kind, params, status, cancel_requested, attempts, not_before, done, counts, created_at,"
        " finished_at) VALUES ($1, 'k', '{}', $2, false, 0, $3, 0, '{}', $3, $4)"
    )
    await world.connection.execute(insert, uuid4(), "done", DAY_ZERO, DAY_ZERO)
    await world.connection.execute(insert, uuid4(), "queued", DAY_ZERO, None)
    world.clock.advance(days=93)
    await world.maintain()
    assert [row["status"] for row in await world.connection.fetch("SELECT status FROM jobs")] == ["queued"]


async def test_maintaining_waits_for_its_turn_and_gives_up(world: World) -> None:
    async with locks.exclusively(world.connection, locks.MAINTENANCE):
        with pytest.raises(locks.Busy):
            await maintain(KIT_ONLY, world.database.owner_url, world.clock, wait=0.1)
    await world.maintain()


async def test_a_long_reader_delays_the_work_and_does_not_stop_it(world: World) -> None:
    reader = await asyncpg.connect(raw_dsn(world.database.service_url))
    try:
        reading = reader.transaction()
        await reading.start()
        await reader.fetch("SELECT count(*) FROM outbox")  # locks every partition, the default one too
        world.clock.advance(days=1)
        maintaining = asyncio.create_task(world.maintain())
        await asyncio.sleep(2.7)
        assert not maintaining.done()
        await reading.commit()
        assert "outbox_20260407" in (await maintaining).created
    finally:
        await reader.close()


async def test_a_writer_delays_the_making_of_partitions_until_its_commit_and_does_not_stop_it(world: World) -> None:
    """The trigger that stores a key once reads every partition, the default one too, and holds that to the commit."""
    writer = await asyncpg.connect(raw_dsn(world.database.service_url))
    try:
        async with writer.transaction():
            await writer.execute(
                "INSERT INTO idempotency_keys (digest, created_at, fingerprint, answer) VALUES ('d', $1, 'f', 'a')",
                DAY_ZERO,
            )
            world.clock.advance(days=1)
            maintaining = asyncio.create_task(world.maintain())
            await asyncio.sleep(2.7)
            assert not maintaining.done()
        assert "idempotency_keys_20260407" in (await maintaining).created
    finally:
        await writer.close()


async def test_readers_and_writers_of_the_outbox_go_on_while_partitions_are_made(world: World) -> None:
    """A transaction that holds a table's ordinary locks does not stop the making of partitions."""
    writer = await asyncpg.connect(raw_dsn(world.database.service_url))
    try:
        async with writer.transaction():
            await writer.execute(
                "INSERT INTO outbox (created_at, event_id, shard, noun, key, type, schema_version, sequence, revision,"
                " occurred_at, payload) VALUES ($1, $2, 0, 'n', 'k', 't', 1, 1, 0, $1, '')",
                DAY_ZERO,
                uuid4(),
            )
            world.clock.advance(days=1)
            report = await world.maintain()
            assert {"idempotency_keys_20260407", "outbox_20260407"} <= set(report.created)
    finally:
        await writer.close()


async def _outbox(world: World) -> list[str]:
    report = await world.maintain()
    assert report.dropped == []
    return [f"outbox_{name}" for name in await world.partitions("outbox")]
