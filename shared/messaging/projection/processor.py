"""Batch processor of states: each record is applied, waits in `pending`, or becomes a dead letter; none is lost."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from shared.contracts.catalogue import counted_as
from shared.db.engine import Database
from shared.db.faults import sqlstate_of
from shared.db.raw import raw_connection
from shared.errors import DomainError
from shared.messaging.bus.interface import Record
from shared.messaging.dead_letters.store import (
    NewDeadLetter,
    header_columns,
    key_of,
    store_dead_letters,
    stored_record,
    without_headers,
)
from shared.messaging.failure_kinds import ConcurrentUpdate, FailureKind, failure_code, failure_kind
from shared.messaging.projection.decode import ReadableRecord, UnreadableRecord, decode, nouns_by_topic
from shared.messaging.projection.pending import count_pending
from shared.messaging.projection.projector import DecodedRecord, Projector
from shared.messaging.projection.routes import NotYetKnown
from shared.messaging.reading.processor import PartitionView, TooManyDeadLetters
from shared.observability import metrics
from shared.observability.logging import get_logger

log = get_logger(__name__)

RELEASE_AT_ONCE = 500
TOO_MUCH_AT_ONCE = ("57014", "53200", "54000")
"""Statement time-out, out of memory, limit exceeded: half of it may pass."""

_KNOWN = "SELECT EXISTS (SELECT FROM projected_states WHERE slot = $1 AND noun = $2 AND aggregate = $3)"
_LIVE = "SELECT coalesce((SELECT live FROM projection_slots), 0)"
_WAIT = """
    INSERT INTO pending AS known (slot, noun, aggregate, sequence, revision, waits_noun, waits_aggregate, topic,
      partition, record_offset, record_key, record_value, header_names, header_values, since)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (slot, noun, aggregate) DO UPDATE SET
      sequence = excluded.sequence, revision = excluded.revision, waits_noun = excluded.waits_noun,
      waits_aggregate = excluded.waits_aggregate, topic = excluded.topic, partition = excluded.partition,
      record_offset = excluded.record_offset, record_key = excluded.record_key, record_value = excluded.record_value,
      header_names = excluded.header_names, header_values = excluded.header_values
    WHERE (known.sequence, known.revision) <= (excluded.sequence, excluded.revision)
"""
_READY = """
    SELECT pending.* FROM pending JOIN projected_states AS state
      ON state.slot = pending.slot AND state.noun = pending.waits_noun AND state.aggregate = pending.waits_aggregate
    WHERE pending.slot = $1 ORDER BY pending.since, pending.noun, pending.aggregate LIMIT $2
"""
_LET_GO = "DELETE FROM pending WHERE slot = $1 AND topic = $2 AND partition = $3 AND record_offset = $4"
_OVERDUE = "SELECT * FROM pending WHERE slot = $1 AND since < $2 ORDER BY since LIMIT $3"


def _no_watchdog() -> None:
    return


class StateProcessor:
    """Batch processor over a Projector, which finds the records that fail by bisection.

    A failing batch is halved until the failing record stands alone. Left halves commit before right ones begin, so that
    the order of every key is kept. A version that a later one of its batch replaces is never tried, as if compaction
    had taken it away. Transient failures are raised as they are: the caller tries again.
    """

    def __init__(
        self,
        projector: Projector,
        *,
        prefix: str = "",
        cap: int = 50,
        patience: timedelta = timedelta(hours=24),
    ) -> None:
        self.projector = projector
        self.nouns = nouns_by_topic(tuple(route.noun for route in projector.routes), prefix)
        self._cap = cap
        self._patience = patience
        self._in_a_row = 0
        self._waiting = False
        self.on_progress: Callable[[], None] = _no_watchdog

    @property
    def database(self) -> Database:
        return self.projector.database

    @property
    def reader(self) -> str:
        return self.projector.reader

    async def housekeep(self) -> None:
        """Periodic work: process pending records that are ready, give up overdue ones, update the metrics."""
        await self.release()
        await self.give_up_waiting()
        await self.measure()

    async def process(self, records: Sequence[Record], view: PartitionView | None = None) -> None:
        """Process a batch: on return every record is applied, pending or a dead letter, and committed.

        Raises TooManyDeadLetters when `cap` records in a row became dead letters (what came before is committed), and
        whatever failure `failure_kind` calls TRANSIENT.
        """
        items = [decode(record, self.nouns[record.topic]) for record in records]
        for part in self._cut(items):
            await self._attempt(part, view)
        if self._waiting:
            await self.release()

    def _cut(self, items: Sequence[DecodedRecord]) -> list[Sequence[DecodedRecord]]:
        """Cut a batch where the limit of dead letters in a row is reached: an unreadable topic must not be drained."""
        refused = self._in_a_row
        for index, item in enumerate(items):
            refused = refused + 1 if isinstance(item, UnreadableRecord) else 0
            if refused >= self._cap and index + 1 < len(items):
                return [items[: index + 1], items[index + 1 :]]
        return [items]

    async def _attempt(self, items: Sequence[DecodedRecord], view: PartitionView | None) -> None:
        try:
            outcome = await self.projector.apply(items, view)
        except Exception as error:
            if failure_kind(error) is FailureKind.TRANSIENT and (
                len(items) == 1 or sqlstate_of(error) not in TOO_MUCH_AT_ONCE
            ):
                raise
            failure = error
        else:
            self.on_progress()
            self._waiting = outcome.waiting
            for item in items:
                self._in_a_row = self._in_a_row + 1 if isinstance(item, UnreadableRecord) else 0
                self._check_cap()
            return
        # Out here, so that no failure of a half is told with the failures of all wholes that it was part of.
        if len(items) > 1:
            half = len(items) // 2
            await self._attempt(items[:half], view)
            await self._attempt(items[half:], view)
        else:
            await self._settle(items[0], view, failure)

    async def _settle(
        self, item: DecodedRecord, view: PartitionView | None, error: Exception, *, again: bool = True
    ) -> None:
        """Settle one record whose transaction failed: pending or dead letter."""
        if isinstance(error, NotYetKnown) and isinstance(item, ReadableRecord) and error.noun in self.nouns.values():
            if await self.wait(item, view, error):
                self._waiting = True
                self._in_a_row = 0
                return
            if again:  # it arrived in this very moment
                await self._again(item, view)
                return
        defect = None if isinstance(error, DomainError) else error
        log.error(
            "record_refused", noun=item.noun, aggregate_id=item.aggregate, code=failure_code(error), exc_info=defect
        )
        await self.put_aside(item, failure_code(error), view, park=isinstance(item, ReadableRecord))
        self.on_progress()
        self._in_a_row += 1
        self._check_cap()

    async def put_aside(self, item: DecodedRecord, code: str, view: PartitionView | None = None, *, park: bool) -> None:
        """Make a dead letter of a record; nothing that stands in the record can prevent it.

        If even that fails for good, what is stored is its place, key and value, as bytes, and nothing that was read in
        it. Should the database refuse this too, the fault is not the record's: it is tried again in place.
        """
        try:
            await self.refuse(item, code, view, park=park)
            return
        except Exception as error:
            if failure_kind(error) is FailureKind.TRANSIENT:
                raise
            log.error("dead_letter_refused", noun=item.noun, offset=item.record.offset, code=failure_code(error))
        try:
            await self._keep_raw(item, code, view)
        except Exception as error:
            if failure_kind(error) is FailureKind.TRANSIENT:
                raise
            log.critical("record_without_fate", noun=item.noun, offset=item.record.offset, code=failure_code(error))
            raise ConcurrentUpdate(failure_code(error)) from None

    async def _keep_raw(self, item: DecodedRecord, code: str, view: PartitionView | None) -> None:
        """The last resort: a dead letter by topic, partition and offset. Whatever waits from that place is let go."""
        projector, record = self.projector, without_headers(item.record)
        raw_item = UnreadableRecord(record, code, item.noun)
        async with projector.database.session() as session:
            raw = await projector.begin(session, [raw_item])
            if projector.shadow:
                projector.skipped.add((record.topic, key_of(record)))
            else:
                letter = NewDeadLetter(record, code, noun=item.noun)
                await store_dead_letters(raw, projector.reader, [letter], projector.clock.now())
            slot = projector.slot(await raw.fetchval(_LIVE))
            await raw.execute(_LET_GO, slot, record.topic, record.partition, record.offset)
            if view is not None:
                await projector.progress(raw, [raw_item], view)
            await session.commit()
        metrics.CONSUMED.labels(counted_as(item.noun), "dead").inc()

    async def _again(self, item: DecodedRecord, view: PartitionView | None) -> None:
        try:
            await self.projector.apply([item], view)
        except Exception as error:
            if failure_kind(error) is FailureKind.TRANSIENT:
                raise
            await self._settle(item, view, error, again=False)

    def _check_cap(self) -> None:
        if self._in_a_row >= self._cap and not self.projector.shadow:  # a rebuild judges nothing that was not judged
            raise TooManyDeadLetters(self._in_a_row)

    async def wait(self, item: ReadableRecord, view: PartitionView | None, error: NotYetKnown) -> bool:
        """Store a record in `pending`; False if what it waits for is there."""
        projector, record = self.projector, item.record
        async with projector.database.session() as session:
            raw = await projector.begin(session, [item])
            slot = projector.slot(await raw.fetchval(_LIVE))
            if await raw.fetchval(_KNOWN, slot, error.noun, error.aggregate_id):
                return False
            await raw.execute(
                _WAIT,
                slot,
                item.noun,
                item.aggregate,
                *item.order,
                error.noun,
                error.aggregate_id,
                record.topic,
                record.partition,
                record.offset,
                record.key,
                record.value,
                *header_columns(record),
                projector.clock.now(),
            )
            if view is not None:
                await projector.progress(raw, [item], view)
            await session.commit()
        metrics.CONSUMED.labels(counted_as(item.noun), "waiting").inc()
        return True

    async def refuse(self, item: DecodedRecord, code: str, view: PartitionView | None = None, *, park: bool) -> None:
        """Store a record as a dead letter. `park`: later records of its key wait behind it."""
        projector = self.projector
        async with projector.database.session() as session:
            raw = await projector.begin(session, [item])
            if projector.shadow:
                projector.skipped.add((item.record.topic, key_of(item.record)))
            else:
                letter = NewDeadLetter(item.record, code, noun=item.noun, aggregate=item.aggregate)
                await store_dead_letters(raw, projector.reader, [letter], projector.clock.now(), park=park)
            await projector.no_longer_waits(raw, projector.slot(await raw.fetchval(_LIVE)), [item])
            if view is not None:
                await projector.progress(raw, [item], view)
            await session.commit()
        metrics.CONSUMED.labels(counted_as(item.noun), "dead").inc()

    async def release(self) -> int:
        """Process the pending records whose aggregate has arrived, until none is left; returns how many."""
        released = 0
        while ready := await self._waiting_records(_READY, RELEASE_AT_ONCE):
            for item in ready:
                if isinstance(item, UnreadableRecord):  # it was readable when it began to wait
                    await self.put_aside(item, item.code, park=False)
                else:
                    await self._attempt([item], None)
            released += len(ready)
        return released

    async def give_up_waiting(self) -> int:
        """Make dead letters of what is pending for longer than `patience`; returns how many."""
        limit = self.projector.clock.now() - self._patience
        overdue = await self._waiting_records(_OVERDUE, limit, RELEASE_AT_ONCE)
        for item in overdue:
            await self.put_aside(item, NotYetKnown.code, park=False)
        return len(overdue)

    async def measure(self) -> None:
        """Update the metric of pending records."""
        async with self.projector.database.session() as session:
            waiting = await count_pending(session)
        for noun in self.nouns.values():
            metrics.PENDING.labels(counted_as(noun)).set(waiting[counted_as(noun)])

    async def _waiting_records(self, statement: str, *parameters: object) -> list[DecodedRecord]:
        async with self.projector.database.session() as session:
            raw = await raw_connection(session)
            slot = self.projector.slot(await raw.fetchval(_LIVE))
            rows = await raw.fetch(statement, slot, *parameters)
        items = [decode(stored_record(row), row["noun"]) for row in rows if row["topic"] in self.nouns]
        named = zip(items, (row["aggregate"] for row in rows if row["topic"] in self.nouns), strict=True)
        return [replace(item, aggregate=name) if isinstance(item, UnreadableRecord) else item for item, name in named]
