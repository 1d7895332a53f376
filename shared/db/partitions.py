"""Partitions: made ahead of time, dropped after their time. Runs as the owner of the tables, never as the service.

A table says what it wants in `Table.info`: `partitioned_by` (a timestamptz column), `partition` ("day" or "month"),
`keep_days` (whole partitions older than this are dropped). A table that is not split may say `keep_by` (a timestamptz
column that is null while the row is needed) and `keep_days`. A partition of the outbox goes when the present broker has
acknowledged all its rows more than three days ago. Bounds are in UTC. Every partitioned table has a default partition
`<table>_default`, so that a day for which nobody made a partition in time stops nothing; its rows move into their
partition when that is made.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

import asyncpg
from sqlalchemy import MetaData, Table

from shared.clock import Clock
from shared.db.provision import quoted

DAYS_AHEAD = 8
MONTHS_AHEAD = 3
OUTBOX = "outbox"
OUTBOX_KEEP = timedelta(days=3)
LOCK_TIMEOUT_MS = 2_000
ATTEMPTS = 5

P = ParamSpec("P")
T = TypeVar("T")

_LIST = """
    SELECT child.relname AS name FROM pg_inherits
    JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
    WHERE parent.oid = to_regclass($1)
"""


@dataclass
class Maintained:
    """Report of `maintain`, by partition name."""

    created: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    kept_waiting: list[str] = field(default_factory=list)  # due to go, but somebody still needs them
    removed: int = 0  # rows of default partitions and of tables that are not split


@dataclass(frozen=True)
class Partition:
    """One partition: `start` inclusive, `end` exclusive."""

    name: str
    start: datetime
    end: datetime


def partitioned(targets: Iterable[MetaData]) -> Iterator[Table]:
    """The tables that are split by time."""
    for target in targets:
        for table in target.sorted_tables:
            if "partitioned_by" in table.info:
                yield table


def partition_of(table: Table, day: datetime) -> Partition:
    """The partition that an instant falls into."""
    day = day.astimezone(UTC)
    if table.info.get("partition", "day") == "month":
        start = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        end = (start + timedelta(days=32)).replace(day=1)
        return Partition(f"{table.name}_{start:%Y%m}", start, end)
    start = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return Partition(f"{table.name}_{start:%Y%m%d}", start, start + timedelta(days=1))


async def ahead(connection: asyncpg.Connection, targets: Iterable[MetaData], clock: Clock) -> list[str]:
    """Makes the partitions of the coming days and months that do not exist yet; answers their names."""
    created: list[str] = []
    for table in partitioned(targets):
        known = {row["name"] for row in await connection.fetch(_LIST, table.name)}
        if not known:
            continue  # the table itself does not exist yet
        steps = MONTHS_AHEAD if table.info.get("partition", "day") == "month" else DAYS_AHEAD
        wanted = partition_of(table, clock.now())
        for _ in range(steps):
            if wanted.name not in known:
                await _patiently(_create, connection, table, wanted)
                created.append(wanted.name)
            wanted = partition_of(table, wanted.end)
    return created


async def maintain(connection: asyncpg.Connection, targets: Iterable[MetaData], clock: Clock) -> Maintained:
    """Makes partitions ahead and drops those whose time is over. The caller holds the maintenance lock."""
    targets = list(targets)
    report = Maintained(created=await ahead(connection, targets, clock))
    for table in partitioned(targets):
        keep = OUTBOX_KEEP if table.name == OUTBOX else timedelta(days=table.info.get("keep_days", 0))
        if not keep:
            continue
        cutoff = clock.now() - keep
        for row in await connection.fetch(_LIST, table.name):
            found = _parse(table, row["name"])
            if found is not None and found.end <= cutoff:
                dropped = await _patiently(_drop, connection, table, found, cutoff)
                (report.dropped if dropped else report.kept_waiting).append(found.name)
        report.removed += await _sweep_default(connection, table, cutoff)
    for table in (table for target in targets for table in target.sorted_tables if "keep_by" in table.info):
        report.removed += await _sweep(connection, table, clock.now() - timedelta(days=table.info["keep_days"]))
    return report


def _parse(table: Table, name: str) -> Partition | None:
    digits = re.fullmatch(re.escape(table.name) + r"_([0-9]{6}|[0-9]{8})", name)
    if digits is None:
        return None
    form = "%Y%m" if len(digits[1]) == 6 else "%Y%m%d"
    found = partition_of(table, datetime.strptime(digits[1], form).replace(tzinfo=UTC))
    return found if found.name == name else None


async def _patiently(action: Callable[P, Awaitable[T]], *arguments: P.args, **named: P.kwargs) -> T:
    """Retry a statement whose lock was not free in time: a long reader does not stop this work."""
    for attempt in range(1, ATTEMPTS):
        try:
            return await action(*arguments, **named)
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(attempt * 0.5)
    return await action(*arguments, **named)


async def _create(connection: asyncpg.Connection, table: Table, wanted: Partition) -> None:
    """LIKE and ATTACH instead of PARTITION OF: that one would lock the whole table against readers."""
    name, parent, column = quoted(wanted.name), quoted(table.name), quoted(table.info["partitioned_by"])
    default = quoted(f"{table.name}_default")
    start, end = wanted.start.isoformat(), wanted.end.isoformat()
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        await connection.execute(
            f"CREATE TABLE {name} (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)"
        )
        await connection.execute(
            f"WITH moved AS (DELETE FROM {default} WHERE {column} >= '{start}' AND {column} < '{end}' RETURNING *) "  # noqa: S608
            f"INSERT INTO {name} SELECT * FROM moved"
        )
        await connection.execute(
            f"ALTER TABLE {parent} ATTACH PARTITION {name} FOR VALUES FROM ('{start}') TO ('{end}')"
        )


async def _drop(connection: asyncpg.Connection, table: Table, old: Partition, cutoff: datetime) -> bool:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        if table.name == OUTBOX and await _needed(connection, old.name, cutoff):
            return False
        await connection.execute(f"LOCK TABLE {quoted(table.name)} IN ACCESS EXCLUSIVE MODE")
        if table.name == OUTBOX and await _needed(connection, old.name, cutoff):
            return False  # the relay found another broker in between
        await connection.execute(f"DROP TABLE {quoted(old.name)}")
    return True


_GONE = """published_at < $1 AND (
    NOT EXISTS (SELECT 1 FROM broker_seen WHERE reader = 'relay')
    OR broker = (SELECT cluster_id FROM broker_seen WHERE reader = 'relay'))"""
"""An outbox row that may go: the present broker acknowledged it before the cutoff."""


async def _needed(connection: asyncpg.Connection, partition: str, cutoff: datetime) -> bool:
    needed = await connection.fetchval(
        f"SELECT EXISTS (SELECT 1 FROM {quoted(partition)} WHERE ({_GONE}) IS NOT TRUE)",  # noqa: S608
        cutoff,
    )
    return bool(needed)


async def _sweep(connection: asyncpg.Connection, table: Table, cutoff: datetime) -> int:
    condition = f"{quoted(table.info['keep_by'])} < $1"
    return _count(await connection.execute(f"DELETE FROM {quoted(table.name)} WHERE {condition}", cutoff))  # noqa: S608


def _count(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])


async def _sweep_default(connection: asyncpg.Connection, table: Table, cutoff: datetime) -> int:
    column = quoted(table.info["partitioned_by"])
    condition = f"{column} < $1" + (f" AND {_GONE}" if table.name == OUTBOX else "")
    default = quoted(table.name + "_default")
    return _count(await connection.execute(f"DELETE FROM {default} WHERE {condition}", cutoff))  # noqa: S608
