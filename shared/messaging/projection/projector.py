"""Projection engine: one batch of records, one transaction, each state at most once."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessLog, AccessNotes
from shared.clock import Clock
from shared.contracts.catalogue import counted_as
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.db.raw import raw_connection
from shared.messaging.dead_letters.store import DeadLetterStatus, NewDeadLetter, key_of, store_dead_letters
from shared.messaging.failure_kinds import ConcurrentUpdate
from shared.messaging.outbox.writer import Outbox
from shared.messaging.projection.changes import changes_beside, changes_of
from shared.messaging.projection.decode import ReadableRecord, UnreadableRecord, lane_of
from shared.messaging.projection.differences import note_late
from shared.messaging.projection.routes import ConsumerContext, Route
from shared.messaging.projection.statements import LOCK, LOOK, NO_LONGER_WAITS, OLD, REMOVE, SWITCH_LOCK, UPSERT
from shared.messaging.projection.states import area_of
from shared.messaging.reading.processor import PartitionView
from shared.messaging.reading.progress import PROGRESS
from shared.observability import metrics, tracing
from shared.observability.logging import get_logger

log = get_logger(__name__)

DecodedRecord = ReadableRecord | UnreadableRecord
ANY_ORDER = (2**63 - 1, 0)
BeforeCommit = Callable[[asyncpg.Connection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """Result of a committed batch. `waiting`: there are records in `pending`."""

    applied: int
    ignored: int
    waiting: bool


class Projector:
    """Projector of one consumer group (`reader`): applies batches. Needs no broker.

    In a `shadow` (a rebuild) it writes the generation that is not read, reports no gaps, and leaves dead letters
    and progress alone.
    """

    def __init__(
        self,
        database: Database,
        routes: Sequence[Route],
        *,
        owner: str,
        clock: Clock,
        crypto: Crypto,
        reader: str,
        access_log: AccessLog | None = None,
        shadow: bool = False,
    ) -> None:
        self.database = database
        self.routes = tuple(routes)
        self.reader = reader
        self.clock = clock
        self.shadow = shadow
        self.skipped: set[tuple[str, bytes]] = set()  # a shadow's own parked keys: it reads again what was parked
        self._owner = owner
        self._crypto = crypto
        self._access_log = access_log

    async def apply(
        self,
        items: Sequence[DecodedRecord],
        view: PartitionView | None = None,
        *,
        unpark: bool = False,
        before_commit: BeforeCommit | None = None,
        lanes: Sequence[DecodedRecord] = (),
    ) -> BatchOutcome:
        """Apply a batch in one transaction, committed on return; on any failure nothing of it stays.

        `unpark`: apply records of parked keys too (a replay). `before_commit` runs before the commit.
        `lanes`: records whose partitions are locked besides.
        """
        started = perf_counter()
        counts: Counter[tuple[str, str]] = Counter()
        async with self.database.session() as session:
            raw = await self.begin(session, [*items, *lanes])
            looked = await raw.fetchrow(LOOK)
            assert looked is not None
            slot = self.slot(looked["live"])
            parked = set() if unpark else self._parked(looked)
            fresh = await self._sort_out(raw, items, parked, counts)
            with self._traced(fresh):
                context = self._context(session, raw, slot)
                for route in self.routes:
                    arrived = [item for item in fresh if item.noun == route.noun]
                    if arrived:
                        with tracing.span(f"upsert {counted_as(route.noun)}"):
                            await self._apply_noun(context, route, arrived, view or PartitionView(), counts)
                if looked["waiting"]:
                    await self.no_longer_waits(raw, slot, items)
                if view is not None and not self.shadow:
                    await self.progress(raw, items, view)
                if before_commit is not None:
                    await before_commit(raw)
                if self._access_log is not None and (notes := context.access.drain()):
                    await self._access_log.write(notes)
                await session.commit()
        self._measure(fresh, counts, perf_counter() - started)
        by_outcome: Counter[str] = Counter()
        for (_, outcome), count in counts.items():
            by_outcome[outcome] += count
        return BatchOutcome(by_outcome["applied"], by_outcome["ignored"], looked["waiting"])

    def _traced(self, fresh: Sequence[ReadableRecord]) -> tracing.consuming:
        """The span of a batch; a rebuild, which reads what is long over, continues no trace."""
        told = () if self.shadow else fresh
        return tracing.consuming(
            [(item.noun, item.traceparent) for item in told], name=lambda noun: f"process {counted_as(noun)}"
        )

    def _parked(self, looked: asyncpg.Record) -> set[tuple[str, bytes]]:
        return self.skipped if self.shadow else set(zip(looked["topics"] or (), looked["keys"] or (), strict=True))

    async def begin(self, session: AsyncSession, items: Sequence[DecodedRecord]) -> asyncpg.Connection:
        """Open the transaction and lock its partitions: a worker that lost them without knowing waits, then finds
        everything applied. Returns the raw connection, inside the same transaction."""
        prefix = "shadow:" if self.shadow else "lane:"
        lanes = sorted({f"{prefix}{item.record.topic}:{item.record.partition}" for item in items})
        await session.execute(LOCK, {"switch": SWITCH_LOCK, "shadow": self.shadow, "lanes": lanes})
        return await raw_connection(session)

    def slot(self, live: int) -> int:
        """Slot (generation) that is written."""
        return 1 - live if self.shadow else live

    async def no_longer_waits(self, raw: asyncpg.Connection, slot: int, items: Sequence[DecodedRecord]) -> None:
        """Delete pending records that these, or later ones of the same aggregates, supersede."""
        # an unreadable record names its aggregate only when it came out of `pending` itself
        came = [
            (item.noun, item.aggregate, *(item.order if isinstance(item, ReadableRecord) else ANY_ORDER))
            for item in items
            if item.aggregate is not None
        ]
        if came:
            await raw.execute(NO_LONGER_WAITS, slot, *map(list, zip(*came, strict=True)))

    def _context(self, session: AsyncSession, raw: asyncpg.Connection, slot: int) -> ConsumerContext:
        traceparent = tracing.current_traceparent()
        return ConsumerContext(
            session=session,
            clock=self.clock,
            outbox=Outbox(session, owner=self._owner, clock=self.clock, traceparent=traceparent),
            crypto=self._crypto,
            access=AccessNotes(self.clock),
            raw=raw,
            slot=slot,
            rebuilding=self.shadow,
        )

    async def _sort_out(
        self,
        raw: asyncpg.Connection,
        items: Sequence[DecodedRecord],
        parked: set[tuple[str, bytes]],
        counts: Counter[tuple[str, str]],
    ) -> list[ReadableRecord]:
        fresh: list[ReadableRecord] = []
        letters: list[NewDeadLetter] = []
        for item in items:
            if isinstance(item, UnreadableRecord):
                letters.append(NewDeadLetter(item.record, item.code, noun=item.noun, aggregate=item.aggregate))
                counts[item.noun or "", "dead"] += 1
            elif parked and (item.record.topic, key_of(item.record)) in parked:
                letters.append(
                    NewDeadLetter(item.record, "behind_dead_letter", DeadLetterStatus.PARKED, item.noun, item.aggregate)
                )
                counts[item.noun, "parked"] += 1
            else:
                fresh.append(item)
        if letters and not self.shadow:
            await store_dead_letters(raw, self.reader, letters, self.clock.now())
        return fresh

    async def _apply_noun(
        self,
        context: ConsumerContext,
        route: Route,
        arrived: Sequence[ReadableRecord],
        view: PartitionView,
        counts: Counter[tuple[str, str]],
    ) -> None:
        noun, hooked = route.noun, route.hook is not None or route.forgotten is not None
        ids = sorted({item.aggregate for item in arrived})
        rows = await context.raw.fetch(OLD, context.slot, noun, ids, hooked)
        old = {row["aggregate"]: row for row in rows}
        winners: dict[str, ReadableRecord] = {}
        orders = {row["aggregate"]: (row["sequence"], row["revision"]) for row in rows}
        gaps: list[str] = []
        late: list[tuple[str, int, int]] = []
        again: set[str] = set()
        for item in arrived:
            known = orders.get(item.aggregate, (0, -1))
            if item.overrides:  # its owner was restored: what is held is of a past that has not been
                orders[item.aggregate] = (0, -1) if item.forgotten else item.order
                winners[item.aggregate] = item
                again.add(item.aggregate)
                counts[noun, "restored"] += 1
                continue
            if item.order <= known:
                counts[noun, "ignored"] += 1
                continue
            skipped = item.order[1] == 0 and item.order[0] > known[0] + 1
            came_late = item.order[1] > 0 and item.order[0] > known[0]
            if (skipped or came_late) and not self.shadow and lane_of(item) not in view.catching_up:
                if skipped:
                    gaps.append(item.aggregate)
                else:
                    late.append((item.aggregate, known[0], item.order[0]))
            orders[item.aggregate] = item.order
            winners[item.aggregate] = item
            counts[noun, "applied"] += 1
        if gaps:
            metrics.SEQUENCE_GAPS.labels(counted_as(noun)).inc(len(gaps))
            log.warning("sequence_gap", noun=noun, count=len(gaps), aggregate_id=gaps[0])
        if late:
            metrics.LATE_STATES.labels(counted_as(noun)).inc(len(late))
            log.warning("states_came_late", noun=counted_as(noun), count=len(late))
            await note_late(context.raw, noun, late, self.clock.now())
        if not winners:
            return
        if again:
            await context.raw.execute(REMOVE, context.slot, noun, sorted(again))
            log.warning("states_restored", noun=counted_as(noun), count=len(again))
        ordered = [winners[aggregate] for aggregate in sorted(winners)]
        if chosen := [item for item in ordered if not item.forgotten]:
            changes = await changes_beside(self._store(context, noun, chosen), route, chosen, old)
            if route.hook is not None:
                await route.hook(context, changes)
        gone = [item for item in ordered if item.forgotten and item.aggregate in old]
        if gone and route.forgotten is not None:
            await route.forgotten(context, await changes_of(route, gone, old))

    async def _store(self, context: ConsumerContext, noun: str, chosen: Sequence[ReadableRecord]) -> None:
        status = await context.raw.execute(
            UPSERT,
            context.slot,
            noun,
            self.clock.now(),
            [item.aggregate for item in chosen],
            [item.order[0] for item in chosen],
            [item.order[1] for item in chosen],
            [item.data for item in chosen],
            [area_of(item.state) for item in chosen],
            [item.time for item in chosen],
        )
        if status != f"INSERT 0 {len(chosen)}":  # a hook must never post a difference to another state than the old one
            raise ConcurrentUpdate(noun)

    async def progress(self, raw: asyncpg.Connection, items: Sequence[DecodedRecord], view: PartitionView) -> None:
        nouns: dict[tuple[str, int], str] = {}
        positions: dict[tuple[str, int], int] = {}
        newest: dict[tuple[str, int], datetime] = {}
        for item in items:
            lane = lane_of(item)
            if lane not in view.ends:
                continue
            positions[lane] = max(positions.get(lane, 0), item.record.offset + 1)
            nouns[lane] = item.noun or nouns.get(lane, "")
            if isinstance(item, ReadableRecord):
                newest[lane] = max(newest.get(lane, item.time), item.time)
        lanes = sorted(positions)
        await raw.execute(
            PROGRESS,
            self.reader,
            view.cluster_id,
            self.clock.now(),
            [topic for topic, _ in lanes],
            [partition for _, partition in lanes],
            [nouns[lane] for lane in lanes],
            [positions[lane] for lane in lanes],
            [max(view.ends[lane], positions[lane]) for lane in lanes],
            [newest.get(lane) for lane in lanes],
        )

    def _measure(self, fresh: Sequence[ReadableRecord], counts: Counter[tuple[str, str]], seconds: float) -> None:
        metrics.CONSUME_BATCH_SECONDS.observe(seconds)
        for (noun, outcome), count in counts.items():
            metrics.CONSUMED.labels(counted_as(noun), outcome).inc(count)
        if fresh and not self.shadow:
            delay = (self.clock.now() - fresh[-1].time).total_seconds()
            metrics.EVENT_TO_EFFECT.labels(counted_as(fresh[-1].noun)).observe(max(delay, 0.0))
