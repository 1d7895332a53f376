"""Relay of the outbox to the bus: in order per key, marked after the acknowledgement, one relay per shard.

Everything that touches the outbox goes through the connection that holds the locks: whoever loses the locks can neither
select nor mark, and stops sending.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import asyncpg
import structlog

from shared.messaging.bus.embedded import Pacer
from shared.messaging.bus.interface import Bus, BusUnavailable, SendFailed
from shared.messaging.outbox.publisher import BatchPublisher
from shared.messaging.outbox.shards import ShardLocks
from shared.messaging.outbox.tables import SHARDS
from shared.observability import metrics

log = structlog.get_logger(__name__)

DATABASE_GONE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""The last one is what asyncpg raises when the server says goodbye just before a statement begins."""

_SEND_AGAIN = """
    UPDATE outbox SET published_at = NULL, broker = NULL
    WHERE published_at IS NOT NULL AND broker IS DISTINCT FROM $1 AND shard = ANY($2::smallint[])
      AND id >= $3 AND id < $4
"""
_RETAINED = "SELECT coalesce(min(id), 0) AS first, coalesce(max(id), -1) AS last FROM outbox"
_SEEN = """
    INSERT INTO broker_seen (reader, cluster_id, seen_at) VALUES ('relay', $1, now())
    ON CONFLICT (reader) DO UPDATE SET cluster_id = EXCLUDED.cluster_id, seen_at = EXCLUDED.seen_at
"""
_MEASURE = """
    SELECT coalesce(extract(epoch FROM now() - (
             SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 1)), 0)::float8 AS oldest,
           (SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL LIMIT 100000) AS counted) AS backlog
"""


PIECE = 20_000
"""Ids that one statement looks at when rows are to be sent again."""


@dataclass(frozen=True)
class RelayTimes:
    """Intervals in seconds. `poll`: fallback if a NOTIFY was lost. `broker`: how often the cluster id is asked for."""

    poll: float = 1.0
    broker: float = 3.0
    measure: float = 5.0
    first_pause: float = 0.2
    longest_pause: float = 5.0
    reconnect: float = 1.0
    grace: float = 5.0


class Relay:
    """Relay, one per worker process. `connect` opens a connection of its own to the service's database."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        bus: Bus,
        *,
        prefix: str = "",
        groups: int = 1,
        pacer: Pacer | None = None,
        batch: int = 1000,
        times: RelayTimes | None = None,
    ) -> None:
        self._connect = connect
        self._bus = bus
        self._prefix = prefix
        self._groups = groups
        self._pacer = pacer
        self._batch = batch
        self._times = times or RelayTimes()
        self._wake = asyncio.Event()
        self.broker: str | None = None
        """The cluster id that the retained rows of `held` were last compared with; None before that."""
        self.held: tuple[int, ...] = ()

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; then the batch in flight has `grace` seconds.

        Survives the loss of database and broker.
        """
        while not stop.is_set():
            try:
                await self._until_stopped(stop)
            except DATABASE_GONE as error:
                log.warning("relay_lost_database", error=type(error).__name__)
                await _pause(stop, self._times.reconnect)

    async def _until_stopped(self, stop: asyncio.Event) -> None:
        connection = await self._connect()
        lost = asyncio.Event()
        ends = [asyncio.create_task(stop.wait()), asyncio.create_task(lost.wait())]
        working: asyncio.Task[None] | None = None
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener("outbox", lambda *_: self._wake.set())
            working = asyncio.create_task(self._work(connection, stop))
            await asyncio.wait({working, *ends}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set() and not lost.is_set():
                self._wake.set()
                await asyncio.wait({working, ends[1]}, timeout=self._times.grace, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
            elif lost.is_set():
                raise ConnectionResetError("the connection that held the locks is gone")
        finally:
            for task in (*ends, *(() if working is None else (working,))):
                task.cancel()
                await asyncio.wait({task})
            self._hold(())
            connection.terminate()

    async def _work(self, connection: asyncpg.Connection, stop: asyncio.Event) -> None:
        shards = ShardLocks(connection, groups=self._groups)
        sender = self._bus.sender()
        publisher = BatchPublisher(connection, sender, prefix=self._prefix, batch=self._batch, pacer=self._pacer)
        now = asyncio.get_running_loop().time
        settle_at = compare_at = measure_at = 0.0
        failures = 0
        try:
            while not stop.is_set():
                self._wake.clear()
                if now() >= settle_at:
                    settle_at = now() + self._times.poll
                    if await shards.rebalance():
                        self._hold(shards.held)
                        compare_at = 0.0
                if not self.held:
                    await _pause(self._wake, self._times.poll)
                    continue
                if now() >= measure_at:
                    measure_at = now() + self._times.measure
                    await self._measure(connection)
                try:
                    if now() >= compare_at:
                        broker = await self._compare(connection)
                        compare_at = now() + self._times.broker
                    more = await publisher.publish(self.held, broker)
                except (BusUnavailable, SendFailed) as error:
                    compare_at = 0.0
                    failures += 1
                    pause = min(self._times.first_pause * 2 ** min(failures - 1, 10), self._times.longest_pause)
                    if failures & (failures - 1) == 0:  # the first, second, fourth, eighth … time
                        log.warning("relay_waits_for_broker", error=str(error)[:200], times=failures)
                    await _pause(stop, pause)
                    continue
                failures = 0
                if not more:
                    await _pause(self._wake, publisher.rest(self._times.poll))
        finally:
            await sender.close()

    def _hold(self, shards: Sequence[int]) -> None:
        self.held = tuple(shards)
        self.broker = None
        for shard in range(SHARDS):
            metrics.RELAY_LEADER.labels(shard=str(shard)).set(shard in self.held)

    async def _compare(self, connection: asyncpg.Connection) -> str:
        """Cluster id of the present broker. A new one holds nothing of ours: every retained row is sent to it, once."""
        broker = await self._bus.cluster_id()
        if broker != self.broker:
            again = await self._send_again(connection, broker)
            if again:
                metrics.BROKER_CHANGES.inc()
                log.warning("relay_found_new_broker", rows=again)
            await connection.execute(_SEEN, broker)
            if self._pacer is not None:
                self._pacer.forget()
            self.broker = broker
        return broker

    async def _send_again(self, connection: asyncpg.Connection, broker: str) -> int:
        """Unmark retained rows, in chunks below the statement time-out.

        Nothing is sent meanwhile: the order of ids holds.
        """
        retained = await connection.fetchrow(_RETAINED)
        assert retained is not None
        again = 0
        for first in range(retained["first"], retained["last"] + 1, PIECE):
            done = await connection.execute(_SEND_AGAIN, broker, self.held, first, first + PIECE)
            again += int(done.split()[1])
        return again

    async def _measure(self, connection: asyncpg.Connection) -> None:
        row = await connection.fetchrow(_MEASURE)
        assert row is not None
        metrics.OUTBOX_OLDEST.set(row["oldest"])
        metrics.OUTBOX_BACKLOG.set(row["backlog"])


async def _pause(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
