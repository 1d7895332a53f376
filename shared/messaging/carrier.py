"""One batch after the other from the outbox to the bus: select, send, mark what was acknowledged."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence

import asyncpg
import structlog

from shared.contracts.catalogue import topic_name
from shared.messaging import cloudevents
from shared.messaging.bus import Held, Message, Refused, Sender, SendFailed, Sent, TopicRefused
from shared.messaging.pacing import Pacer
from shared.observability import metrics

log = structlog.get_logger(__name__)

_SELECT = """
    SELECT id, created_at, event_id, noun, key, type, schema_version, sequence, revision, occurred_at, payload,
           traceparent
    FROM outbox
    WHERE published_at IS NULL AND shard = ANY($1::smallint[]) AND noun <> ALL($2::text[]) AND key <> ALL($3::text[])
    ORDER BY id LIMIT $4
"""
_MARK = """
    UPDATE outbox SET published_at = now(), broker = $1
    WHERE id = ANY($2::bigint[]) AND created_at BETWEEN $3 AND $4
"""

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
PACED_PAUSE = 0.1


class Pauses:
    """What is left alone for some seconds: a key that was refused, a noun whose topic was refused or has to wait."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[float, float]] = {}

    def refuse(self, name: str, now: float) -> None:
        """Twice as long as the last time."""
        _, last = self._until.get(name, (0.0, FIRST_PAUSE / 2))
        pause = min(last * 2, LONGEST_PAUSE)
        self._until[name] = (now + pause, pause)

    def wait(self, name: str, now: float) -> None:
        self._until[name] = (now + PACED_PAUSE, FIRST_PAUSE / 2)

    def forgive(self, names: Iterable[str]) -> None:
        if self._until:
            for name in names:
                self._until.pop(name, None)

    def ends(self, now: float) -> list[float]:
        return [until for until, _ in self._until.values() if until > now]

    def active(self, now: float) -> list[str]:
        return [name for name, (until, _) in self._until.items() if until > now]


class Carrier:
    """Used by one task at a time; `connection` holds the locks of the shards that are carried."""

    def __init__(
        self, connection: asyncpg.Connection, sender: Sender, *, prefix: str, batch: int, pacer: Pacer | None
    ) -> None:
        self._connection = connection
        self._sender = sender
        self._prefix = prefix
        self._batch = batch
        self._pacer = pacer
        self._keys = Pauses()
        self._nouns = Pauses()

    async def carry(self, shards: Sequence[int], broker: str) -> bool:
        """One batch. True when more may be waiting. Raises SendFailed or BusUnavailable when the broker is away.

        A key stops at its first failure: its later rows stay in the outbox until the failed one is through.
        """
        now = asyncio.get_running_loop().time()
        with metrics.RELAY_BATCH_SECONDS.time():
            rows = await self._connection.fetch(
                _SELECT, shards, self._nouns.active(now), self._keys.active(now), self._batch
            )
            more = len(rows) == self._batch
            messages = [self._message(row) for row in rows]
            if self._pacer is not None and messages:
                rows, messages = await self._paced(self._pacer, rows, messages)
            if not rows:
                return more
            outcomes = await self._sender.send(messages)
            if self._pacer is not None:
                self._pacer.sent(messages, outcomes)
            await self._mark(rows, outcomes, broker)
        self._settle(rows, messages, outcomes, now)
        return more

    def rest(self, longest: float) -> float:
        """Seconds until something that was left alone may be tried again, at most `longest`."""
        now = asyncio.get_running_loop().time()
        return min(*self._keys.ends(now), *self._nouns.ends(now), now + longest, now + longest) - now

    async def _paced(
        self, pacer: Pacer, rows: Sequence[asyncpg.Record], messages: Sequence[Message]
    ) -> tuple[list[asyncpg.Record], list[Message]]:
        """Without those whose topic is too far ahead of its readers."""
        held = await pacer.admit(messages)
        metrics.RELAY_PACED.set(bool(held))
        now = asyncio.get_running_loop().time()
        for noun in {row["noun"] for row in rows if topic_name(row["noun"], self._prefix) in held}:
            self._nouns.wait(noun, now)
        free = [index for index, message in enumerate(messages) if message.topic not in held]
        return [rows[index] for index in free], [messages[index] for index in free]

    async def _mark(self, rows: Sequence[asyncpg.Record], outcomes: Sequence[Sent | SendFailed], broker: str) -> None:
        sent = [row for row, outcome in zip(rows, outcomes, strict=True) if isinstance(outcome, Sent)]
        if sent:
            times = [row["created_at"] for row in sent]
            await self._connection.execute(_MARK, broker, [row["id"] for row in sent], min(times), max(times))
            for noun, count in Counter(row["noun"] for row in sent).items():
                metrics.RELAY_PUBLISHED.labels(topic=topic_name(noun)).inc(count)

    def _settle(
        self,
        rows: Sequence[asyncpg.Record],
        messages: Sequence[Message],
        outcomes: Sequence[Sent | SendFailed],
        now: float,
    ) -> None:
        away: SendFailed | None = None
        for row, outcome in zip(rows, outcomes, strict=True):
            match outcome:
                case Sent() | Held():
                    continue
                case Refused():
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
            metrics.RELAY_FAILED.labels(topic=topic_name(row["noun"])).inc()
        self._keys.forgive(row["key"] for row, outcome in zip(rows, outcomes, strict=True) if isinstance(outcome, Sent))
        if away is not None:
            raise away

    def _message(self, row: asyncpg.Record) -> Message:
        return Message(
            topic=topic_name(row["noun"], self._prefix),
            key=row["key"].encode(),
            value=row["payload"],
            headers=cloudevents.headers(
                event_id=row["event_id"],
                type_=row["type"],
                schema_version=row["schema_version"],
                subject=row["key"],
                time=row["occurred_at"],
                sequence=row["sequence"],
                revision=row["revision"],
                traceparent=row["traceparent"],
            ),
            timestamp_ms=int(row["occurred_at"].timestamp() * 1000),
        )
