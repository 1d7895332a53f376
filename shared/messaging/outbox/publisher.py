"""Batch publisher of the outbox: select, send, mark what was acknowledged."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import asyncpg
import structlog
from opentelemetry.trace import Span

from shared.contracts.catalogue import counted_as, topic_name
from shared.messaging.bus import cloudevents
from shared.messaging.bus.embedded import Pacer
from shared.messaging.bus.interface import Held, Message, MessageRefused, Sender, SendFailed, Sent, TopicRefused
from shared.observability import metrics, tracing

log = structlog.get_logger(__name__)

_SELECT = """
    SELECT id, created_at, event_id, noun, key, type, schema_version, sequence, revision, occurred_at, payload,
           traceparent
    FROM outbox
    WHERE published_at IS NULL AND shard = ANY($1::smallint[]) AND noun <> ALL($2::text[]) AND key <> ALL($3::text[])
      AND id > $4
    ORDER BY id LIMIT $5
"""
_MARK = """
    UPDATE outbox SET published_at = now(), broker = $1
    WHERE id = ANY($2::bigint[]) AND created_at BETWEEN $3 AND $4
"""

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
PACED_PAUSE = 0.1
SWEEP = 20
"""Batches before the relay looks again at locks, broker and time."""


class Backoffs:
    """Exponential backoff by name: of a key that was refused, of a noun whose topic was refused or is full."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[float, float]] = {}

    def refuse(self, name: str, now: float) -> None:
        """Back off twice as long as the last time."""
        _, last = self._until.get(name, (0.0, FIRST_PAUSE / 2))
        pause = min(last * 2, LONGEST_PAUSE)
        self._until[name] = (now + pause, pause)

    def wait(self, name: str, now: float) -> None:
        self._until[name] = (now + PACED_PAUSE, FIRST_PAUSE / 2)

    def forgive(self, name: str) -> None:
        self._until.pop(name, None)

    def __len__(self) -> int:
        return len(self._until)

    def ends(self, now: float) -> list[float]:
        return [until for until, _ in self._until.values() if until > now]

    def active(self, now: float) -> list[str]:
        return [name for name, (until, _) in self._until.items() if until > now]


class _Batch(NamedTuple):
    """Batch of rows and their messages; `last` id and `full` of all that was selected."""

    rows: Sequence[asyncpg.Record]
    messages: Sequence[Message]
    last: int
    full: bool


_NOTHING = _Batch((), (), 0, full=False)


class BatchPublisher:
    """Batch publisher. Used by one task at a time; `connection` holds the locks of the shards that are published."""

    def __init__(
        self, connection: asyncpg.Connection, sender: Sender, *, prefix: str, batch: int, pacer: Pacer | None
    ) -> None:
        self._connection = connection
        self._sender = sender
        self._prefix = prefix
        self._batch = batch
        self._pacer = pacer
        self._topics: dict[str, str] = {}
        self._spans: dict[int, Span] = {}  # of rows on their way, by id; empty without tracing
        self._keys = Backoffs()
        self._nouns = Backoffs()

    async def publish(self, shards: Sequence[int], broker: str) -> bool:
        """Publish one sweep: batches in the order of ids. True if more may be waiting.

        Raises SendFailed or BusUnavailable when the broker is away. A key stops at its first failure: its later rows
        stay in the outbox until the failed one is through. A row that commits late behind the sweep is found by the
        next one, which begins at the beginning: rows of one key commit in the order of their ids.
        """
        stopped: set[str] = set()
        ready = await self._prepared(await self._select(shards, 0), stopped)
        for number in range(SWEEP):
            if not ready.rows:
                return ready.full or number > 0
            began = asyncio.get_running_loop().time()
            # While the broker works the next batch is selected; while that is being made up, this one is marked.
            sending = asyncio.create_task(self._sender.send(ready.messages))
            more = ready.full and number + 1 < SWEEP
            try:
                ahead = await self._select(shards, ready.last) if more else ()
                outcomes = await sending
            except BaseException:
                sending.cancel()
                await asyncio.wait({sending})
                raise
            marking = asyncio.create_task(self._mark(ready.rows, outcomes, broker))
            try:
                await asyncio.sleep(0)
                away = self._settle(ready, outcomes, stopped)
                following = await self._prepared(ahead, stopped) if away is None else _NOTHING
            finally:
                await marking
            metrics.RELAY_BATCH_SECONDS.observe(asyncio.get_running_loop().time() - began)
            if away is not None:
                raise away
            if not more:
                return ready.full or number > 0
            ready = following
        return True

    async def _select(self, shards: Sequence[int], after: int) -> Sequence[asyncpg.Record]:
        now = asyncio.get_running_loop().time()
        nouns, keys = self._nouns.active(now), self._keys.active(now)
        return await self._connection.fetch(_SELECT, shards, nouns, keys, after, self._batch)

    async def _prepared(self, rows: Sequence[asyncpg.Record], stopped: set[str]) -> "_Batch":
        if not rows:
            return _NOTHING
        kept = [row for row in rows if row["key"] not in stopped] if stopped else rows
        messages: Sequence[Message] = [self._message(row) for row in kept]
        if self._pacer is not None and messages:
            kept, messages = await self._paced(self._pacer, kept, messages, stopped)
        return _Batch(kept, messages, rows[-1]["id"], len(rows) == self._batch)

    def rest(self, longest: float) -> float:
        """Seconds until the first backoff ends, at most `longest`."""
        now = asyncio.get_running_loop().time()
        return min(*self._keys.ends(now), *self._nouns.ends(now), now + longest, now + longest) - now

    async def _paced(
        self, pacer: Pacer, rows: Sequence[asyncpg.Record], messages: Sequence[Message], stopped: set[str]
    ) -> tuple[Sequence[asyncpg.Record], Sequence[Message]]:
        """Rows and messages without those whose topic is too far ahead of its consumer groups."""
        held = await pacer.admit(messages)
        metrics.RELAY_PACED.set(bool(held))
        if not held:
            return rows, messages
        now = asyncio.get_running_loop().time()
        free = []
        for index, message in enumerate(messages):
            if message.topic in held:
                self._nouns.wait(rows[index]["noun"], now)
                stopped.add(rows[index]["key"])
            else:
                free.append(index)
        return [rows[index] for index in free], [messages[index] for index in free]

    async def _mark(self, rows: Sequence[asyncpg.Record], outcomes: Sequence[Sent | SendFailed], broker: str) -> None:
        sent = [row for row, outcome in zip(rows, outcomes, strict=True) if isinstance(outcome, Sent)]
        if sent:
            times = [row["created_at"] for row in sent]
            await self._connection.execute(_MARK, broker, [row["id"] for row in sent], min(times), max(times))
            for noun, count in Counter(row["noun"] for row in sent).items():
                metrics.RELAY_PUBLISHED.labels(noun=counted_as(noun)).inc(count)

    def _settle(self, batch: "_Batch", outcomes: Sequence[Sent | SendFailed], stopped: set[str]) -> SendFailed | None:
        """Note the failures of a batch; returns the failure of a broker that is away."""
        if self._pacer is not None:
            self._pacer.sent(batch.messages, outcomes)
        away: SendFailed | None = None
        now = asyncio.get_running_loop().time()
        failed: list[tuple[asyncpg.Record, SendFailed]] = []
        if self._spans:
            self._tell(batch.rows, outcomes)
        for row, outcome in zip(batch.rows, outcomes, strict=True):
            if isinstance(outcome, SendFailed):
                failed.append((row, outcome))
            elif self._keys:
                self._keys.forgive(row["key"])
        for row, outcome in failed:
            stopped.add(row["key"])
            match outcome:
                case Held():
                    continue
                case MessageRefused():
                    self._keys.refuse(row["key"], now)
                    log.error(
                        "relay_event_refused", event_id=str(row["event_id"]), noun=row["noun"], error=str(outcome)
                    )
                case TopicRefused():
                    if row["noun"] not in self._nouns.active(now):
                        self._nouns.refuse(row["noun"], now)
                        log.error("relay_topic_refused", noun=row["noun"], error=str(outcome))
                case _:
                    away = outcome
            metrics.RELAY_FAILED.labels(noun=counted_as(row["noun"])).inc()
        return away

    def _tell(self, rows: Sequence[asyncpg.Record], outcomes: Sequence[Sent | SendFailed]) -> None:
        for row, outcome in zip(rows, outcomes, strict=True):
            if (span := self._spans.pop(row["id"], None)) is not None:
                tracing.ended(span, outcome if isinstance(outcome, SendFailed) else None)

    def _message(self, row: asyncpg.Record) -> Message:
        # By place, in the order of _SELECT: 13 look-ups by name would cost as much as the rest.
        id_, _, event_id, noun, key, type_, version, sequence, revision, occurred_at, payload, traceparent = row
        topic = self._topics.get(noun)
        if topic is None:
            topic = self._topics[noun] = topic_name(noun, self._prefix)
        if tracing.is_on() and (span := tracing.sending(f"send {counted_as(noun)}", traceparent)) is not None:
            self._spans[id_] = span
            traceparent = tracing.written(span.get_span_context())
        return Message(
            topic,
            key.encode(),
            payload,
            cloudevents.headers(
                event_id=event_id,
                type_=type_,
                schema_version=version,
                subject=key,
                time=occurred_at,
                sequence=sequence,
                revision=revision,
                traceparent=traceparent,
            ),
            int(occurred_at.timestamp() * 1000),
        )
