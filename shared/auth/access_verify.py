"""Verification of the access log: finds changed, removed and inserted rows, rewritten chains, cut tails.

The chain inside the database convicts whoever changes a part of it; heads announced outside convict whoever rewrites
the chain from some point on, or cuts off its end. Retention drops whole months from the beginning: say from when rows
are kept.
"""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg

from shared.auth.access_chain import GENESIS, Head, batch_hash
from shared.auth.access_entries import AccessEntry

READ_AHEAD = 500


class Damage(StrEnum):
    """Kind of damage to the log."""

    CHANGED = "changed"  # a batch or one of its rows is not what was hashed
    REMOVED = "removed"  # rows of a batch, or whole batches, are not there
    INSERTED = "inserted"  # rows that no batch accounts for
    REWRITTEN = "rewritten"  # the chain is sound in itself, and another than the one that was announced
    TAIL_CUT = "tail_cut"  # announced batches at the end are not there


@dataclass(frozen=True, slots=True)
class Finding:
    """Finding: damage at one batch of one writer's chain."""

    writer: str
    number: int
    damage: Damage


@dataclass
class Verified:
    """Result of a verification: what was read, and the findings."""

    batches: int = 0
    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.findings


async def verify(
    connection: asyncpg.Connection, *, announced: Iterable[Head] = (), kept_from: datetime | None = None
) -> Verified:
    """Read the whole log in one snapshot and compare it with its own chains and with the announced heads.

    `kept_from`: rows before this instant may have been dropped by retention; without it every chain begins at 1.
    """
    verified = Verified()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        heads: dict[str, dict[int, Head]] = {}
        for head in announced:
            heads.setdefault(head.writer, {})[head.number] = head
        rows = await connection.fetch(_WRITERS)
        for writer in sorted({*heads, *(row["writer"] for row in rows)}):
            chain = _Chain(writer, verified, heads.get(writer, {}), kept_from)
            async for batch, entries in _batches(connection, writer):
                chain.follow(batch, entries)
            chain.end()
    return verified


def read_heads(lines: Iterable[str]) -> list[Head]:
    """Heads of the chain in a process's log: its JSON lines `access_log_head`. Other lines are ignored."""
    heads = []
    for line in lines:
        if '"access_log_head"' not in line:
            continue
        event = json.loads(line)
        if event.get("event") == "access_log_head":
            at = datetime.fromisoformat(event["at"])
            heads.append(Head(event["writer"], int(event["number"]), bytes.fromhex(event["hash"]), at))
    return heads


class _Chain:
    """One writer's chain while it is read, batch by batch."""

    def __init__(self, writer: str, verified: Verified, announced: dict[int, Head], kept_from: datetime | None) -> None:
        self._verified = verified
        self._announced = announced
        self._kept_from = kept_from
        self._head = Head(writer, 0, GENESIS)
        self._first: int | None = None

    def follow(self, batch: "_Batch | None", rows: list["_Row"]) -> None:
        """The next batch with its rows, or rows without a batch."""
        if batch is None:
            self._find(rows[0].batch, Damage.INSERTED)
            return
        self._verified.batches += 1
        self._verified.rows += len(rows)
        if batch.number == self._head.number:
            self._find(batch.number, Damage.INSERTED)
            return
        before = self._before(batch)
        entries = [row.entry for row in rows]
        if before.hash != batch.previous:
            self._find(batch.number, Damage.CHANGED)
        elif len(rows) < batch.count:
            self._find(batch.number, Damage.REMOVED)
        elif len(rows) > batch.count:
            self._find(batch.number, Damage.INSERTED)
        elif _misplaced(batch, rows) or batch_hash(before, batch.at, entries) != batch.hash:
            self._find(batch.number, Damage.CHANGED)
        announced = self._announced.get(batch.number)
        if announced is not None and announced.hash != batch.hash:
            self._find(batch.number, Damage.REWRITTEN)
        self._first = batch.number if self._first is None else self._first
        self._head = Head(self._head.writer, batch.number, batch.hash, batch.at)

    def end(self) -> None:
        """All batches were read: what was announced, was kept and is not there was taken away."""
        for number, head in sorted(self._announced.items()):
            if self._kept_from is not None and head.at is not None and head.at < self._kept_from:
                continue
            if number > self._head.number:
                self._find(number, Damage.TAIL_CUT)
            elif self._kept_from is not None and self._first is not None and number < self._first:
                self._find(number, Damage.REMOVED)
        if self._first is not None:
            self._verified.heads.append(self._head)

    def _before(self, batch: "_Batch") -> Head:
        """The head that the batch must follow."""
        writer, number = self._head.writer, batch.number - 1
        if number == self._head.number:
            return self._head
        dropped_by_age = self._first is None and self._kept_from is not None
        if not dropped_by_age:
            self._find(self._head.number + 1, Damage.REMOVED)
        return Head(writer, number, batch.previous)

    def _find(self, number: int, damage: Damage) -> None:
        self._verified.findings.append(Finding(self._head.writer, number, damage))


def _misplaced(batch: "_Batch", rows: list["_Row"]) -> bool:
    return any(row.position != place or row.at != batch.at for place, row in enumerate(rows))


@dataclass(frozen=True, slots=True)
class _Batch:
    number: int
    at: datetime
    count: int
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class _Row:
    batch: int
    position: int
    at: datetime
    entry: AccessEntry


_WRITERS = "SELECT writer FROM access_log_batches UNION SELECT writer FROM access_log"

_BATCHES = """
SELECT number, at, count, previous, hash FROM access_log_batches WHERE writer = $1 ORDER BY number, at
"""

_ROWS = """
SELECT batch, position, at, occurred_at, subject, role, purpose, action, noun, object_id, area, detail, result,
       request_id
FROM access_log WHERE writer = $1 ORDER BY batch, position, at
"""


async def _batches(connection: asyncpg.Connection, writer: str) -> AsyncIterator[tuple[_Batch | None, list[_Row]]]:
    """Batches with their rows, and rows that have no batch, in the order of their numbers."""
    groups = _groups(connection, writer)
    group = await anext(groups, None)
    last: int | None = None
    async for record in connection.cursor(_BATCHES, writer, prefetch=READ_AHEAD):
        batch = _Batch(record["number"], record["at"], record["count"], record["previous"], record["hash"])
        while group is not None and group[0].batch < batch.number:
            yield None, group
            group = await anext(groups, None)
        if group is not None and group[0].batch == batch.number and batch.number != last:
            yield batch, group
            group = await anext(groups, None)
        else:
            yield batch, []
        last = batch.number
    while group is not None:
        yield None, group
        group = await anext(groups, None)


async def _groups(connection: asyncpg.Connection, writer: str) -> AsyncIterator[list[_Row]]:
    """The rows of a writer, batch by batch."""
    group: list[_Row] = []
    async for record in connection.cursor(_ROWS, writer, prefetch=READ_AHEAD):
        row = _row(record)
        if group and group[0].batch != row.batch:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _row(record: Any) -> _Row:
    entry = AccessEntry(
        at=record["occurred_at"],
        subject=record["subject"],
        action=record["action"],
        noun=record["noun"],
        object_id=record["object_id"],
        area=record["area"],
        purpose=record["purpose"],
        detail=record["detail"],
        result=record["result"],
        role=record["role"],
        request_id=record["request_id"],
    )
    return _Row(record["batch"], record["position"], record["at"], entry)
