"""Processor of inbound events: one transaction and one answer a record; no record stops the consumer."""

import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import asyncpg
from opentelemetry.trace import SpanKind
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessLog, AccessNotes
from shared.clock import Clock, today
from shared.contracts.catalogue import topic_name
from shared.crypto.service import Crypto
from shared.db import buckets
from shared.db.engine import Database
from shared.db.raw import raw_connection, raw_in_transaction
from shared.messaging.bus.interface import Record
from shared.messaging.context import PlainContext
from shared.messaging.dead_letters.store import NewDeadLetter, store_dead_letters, without_headers
from shared.messaging.failure_kinds import ConcurrentUpdate, FailureKind, failure_code, failure_kind
from shared.messaging.inbound.data import Submitted, content_keys, read_data
from shared.messaging.inbound.event import Event, Limits, Rejected, read_event
from shared.messaging.inbound.receiver import Arrival, InboundDoor, Known
from shared.messaging.outbox.writer import Outbox
from shared.messaging.reading.processor import PartitionView
from shared.messaging.reading.progress import PROGRESS
from shared.observability import metrics, tracing
from shared.observability.logging import get_logger

log = get_logger(__name__)

MOST_LETTERS = 10_000
"""Open dead letters of one inbound topic. An operator who replays or drops some makes room."""

_LETTERS = """
    SELECT count(*) FROM (SELECT FROM dead_letters WHERE topic = $1 AND sealed AND status = 'dead' LIMIT $2) AS kept
"""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:lane, 0))")


def _no_watchdog() -> None:
    return


class InboundProcessor:
    """Batch processor of inbound topics for one consumer group. Needs no broker."""

    def __init__(
        self,
        database: Database,
        door: InboundDoor,
        *,
        owner: str,
        clock: Clock,
        crypto: Crypto,
        reader: str,
        prefix: str = "",
        access_log: AccessLog | None = None,
    ) -> None:
        self.database = database
        self.reader = reader
        self.clock = clock
        self.crypto = crypto
        self.nouns = {topic_name(noun, prefix): noun for noun in door.receivers}
        self.on_progress: Callable[[], None] = _no_watchdog
        self._access_log = access_log
        self._door = door
        self._owner = owner
        self._limits = Limits(door.sources, door.max_bytes)

    async def process(self, records: Sequence[Record], view: PartitionView | None = None) -> None:
        """Process records: each has its committed answer on return.

        Raises what `failure_kind` calls TRANSIENT, no more.
        """
        for record in records:
            await self._process(record, view)
            self.on_progress()

    async def housekeep(self) -> None:
        """Nothing to do: no inbound record waits."""

    async def replay(self, record: Record, settle: Callable[[asyncpg.Connection], Any]) -> Rejected | None:
        """Process a stored record again, without rate limit. `settle` runs in its transaction if it is accepted."""
        return await self._transaction(record, None, again=True, settle=settle)

    async def _process(self, record: Record, view: PartitionView | None) -> None:
        try:
            await self._transaction(record, view)
            return
        except Exception as error:
            if failure_kind(error) is FailureKind.TRANSIENT:
                raise
            self._log_defect("inbound_defect", record, error)
        defect = Rejected("internal_error")
        try:
            await self._transaction(record, view, defect=defect)
            return
        except Exception as error:
            if failure_kind(error) is FailureKind.TRANSIENT:
                raise
            self._log_defect("inbound_defect_unanswered", record, error)
        for kept in (record, without_headers(record)):  # not even the answer can be written: an operator may replay it
            try:
                await self._only_keep(kept, view, defect)
                return
            except Exception as error:
                if failure_kind(error) is FailureKind.TRANSIENT:
                    raise
                self._log_defect("inbound_defect_unkept", record, error)
                failed = failure_code(error)
        raise ConcurrentUpdate(failed)  # the fault is the database's, not the record's: again, in place

    async def _only_keep(self, record: Record, view: PartitionView | None, defect: Rejected) -> None:
        async with self.database.session() as session:
            raw = await raw_in_transaction(session)
            await self._keep(session, raw, record, defect)
            await self._progress(raw, record, view)
            await session.commit()

    def _log_defect(self, event: str, record: Record, error: Exception) -> None:
        """Log an error by class and place only: its message may hold content."""
        (*_, place) = traceback.extract_tb(error.__traceback__)
        where = f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}"
        log.error(event, topic=record.topic, partition=record.partition, offset=record.offset,
                  error=type(error).__name__, place=where)  # fmt: skip

    async def _transaction(
        self,
        record: Record,
        view: PartitionView | None,
        *,
        defect: Rejected | None = None,
        again: bool = False,
        settle: Callable[[asyncpg.Connection], Any] | None = None,
    ) -> Rejected | None:
        noun = self.nouns[record.topic]
        event = read_event(record, noun, self._limits, on=today(self.clock))
        async with self.database.session() as session:
            raw = await raw_connection(session)
            await session.execute(_LOCK, {"lane": f"inbound:{record.topic}:{record.partition}"})
            with tracing.traced(event.traceparent, f"process {noun}", SpanKind.CONSUMER):
                context = self._context(session)
                receiver = self._door.receivers[noun](context)
                arrival = self._arrival(record, noun, event, view, again=again)
                known = await receiver.known(arrival)
                answer = None
                if known is not Known.REDELIVERED:
                    found = defect or await self._judge(session, event, known, again=again)
                    answer = await receiver.answer(arrival, found)
            if answer is not None and not again:
                await self._keep(session, raw, record, answer)
            if settle is not None and answer is None:
                await settle(raw)
            await self._progress(raw, record, view)
            if self._access_log is not None and (notes := context.access.drain()):
                await self._access_log.write(notes)
            await session.commit()
        told = answer.code if answer is not None else "redelivered" if known is Known.REDELIVERED else "taken"
        metrics.INBOUND.labels(noun, told).inc()
        log.info("inbound_answered", noun=noun, partition=record.partition, offset=record.offset, answer=told)
        return answer

    async def _judge(self, session: AsyncSession, event: Event, known: Known, *, again: bool) -> Submitted | Rejected:
        if event.event_id is not None and known is not Known.ANSWERED and not again:
            assert event.source is not None
            wait = await buckets.take(session, "inbound", event.source, self._door.rate_per_minute, self.clock.now())
            if wait is not None:
                return Rejected("rate_exceeded")
        if event.problem is not None:
            return event.problem
        assert event.submission is not None
        try:
            return read_data(event.submission, event.data, self._door.keys, self.crypto, on=today(self.clock))
        except Rejected as rejected:
            return rejected

    async def _keep(self, session: AsyncSession, raw: asyncpg.Connection, record: Record, answer: Rejected) -> None:
        """Store a record as a sealed dead letter.

        At most as many a minute as a source may send, and `MOST_LETTERS` that are open: no flood fills the disk.
        """
        if not answer.kept:
            return
        now = self.clock.now()
        if await raw.fetchval(_LETTERS, record.topic, MOST_LETTERS) >= MOST_LETTERS:
            metrics.INBOUND_NOT_KEPT.inc()
            return
        if await buckets.take(session, "inbound_letters", record.topic, self._door.rate_per_minute, now) is not None:
            metrics.INBOUND_NOT_KEPT.inc()
            return
        letter = NewDeadLetter(record, answer.code, noun=self.nouns[record.topic])
        await store_dead_letters(raw, self.reader, [letter], now, crypto=self.crypto)

    async def _progress(self, raw: asyncpg.Connection, record: Record, view: PartitionView | None) -> None:
        lane = (record.topic, record.partition)
        if view is None or lane not in view.ends:
            return
        position = record.offset + 1
        newest: list[datetime | None] = [None]
        await raw.execute(
            PROGRESS,
            self.reader,
            view.cluster_id,
            self.clock.now(),
            [record.topic],
            [record.partition],
            [self.nouns[record.topic]],
            [position],
            [max(view.ends[lane], position)],
            newest,
        )

    def _context(self, session: AsyncSession) -> PlainContext:
        return PlainContext(
            session=session,
            clock=self.clock,
            outbox=Outbox(session, owner=self._owner, clock=self.clock, traceparent=tracing.current_traceparent()),
            crypto=self.crypto,
            access=AccessNotes(self.clock),
        )

    def _arrival(self, record: Record, noun: str, event: Event, view: PartitionView | None, *, again: bool) -> Arrival:
        return Arrival(
            noun=noun,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            cluster_id="" if view is None else view.cluster_id,
            source=event.source,
            event_id=event.event_id,
            masked_id=event.masked_id,
            problem=None if event.problem is None else event.problem.code,
            content=content_keys(self.crypto, event.data),
            again=again,
        )
