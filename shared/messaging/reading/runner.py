"""Consumer runner: fetch, process in one database transaction, commit offsets; with recovery from every failure."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import TopicPartition

from shared.diagnostics import Diagnostics
from shared.messaging.bus.diagnosis import diagnose_reading
from shared.messaging.bus.interface import BUS_ERRORS, Bus, BusUnavailable, Consumer, Record
from shared.messaging.bus.tasks import cancel_all, reason_of, stop_within, until_first_ends
from shared.messaging.failure_kinds import FailureKind, failure_kind
from shared.messaging.reading.cuts import CutWatch, OnCut
from shared.messaging.reading.fetcher import Fetcher, hand_back
from shared.messaging.reading.processor import BatchProcessor, PartitionView, TooManyDeadLetters
from shared.messaging.reading.rebalance import RebalanceListener
from shared.messaging.reading.start_offsets import StartOffsets, seek_start_offsets
from shared.messaging.reading.stopping import StopSignal
from shared.messaging.reading.watchdog import ANOTHER_BROKER, ConsumerFailed, ConsumerTuning, ProgressWatchdog
from shared.observability import metrics
from shared.observability.logging import get_logger

log = get_logger(__name__)
LONG_LIFE = 600.0
"""Seconds after which a consumer's end says nothing about the next one's."""


class RunnerExhausted(Exception):
    """Error: new consumers did not help. The process shall end and be started anew."""


class ConsumerRunner:
    """Consumer runner: reads the topics of its processor's nouns in a consumer group until it is stopped.

    Records are applied and committed in the database, then their offsets. A crash between the two
    makes them come again, without effect. `on_cut` hears of logs that were cut below what had been read.
    """

    def __init__(
        self,
        bus: Bus,
        processor: BatchProcessor,
        *,
        group: str,
        tuning: ConsumerTuning | None = None,
        diagnostics: Diagnostics | None = None,
        on_cut: OnCut | None = None,
    ) -> None:
        self._bus = bus
        self._diagnostics = diagnostics or Diagnostics()
        self._part = f"consumer {group}"
        self._processor = processor
        self._group = group
        self._tuning = tuning or ConsumerTuning()
        self._topics = sorted(processor.nouns)
        self._stopping = StopSignal()
        self._rebalance = RebalanceListener(self._tuning.rebalance_wait)
        self._start_offsets = StartOffsets()
        self._offsets_generation = -1
        self._uncommitted: dict[TopicPartition, int] = {}
        self._watchdog = ProgressWatchdog(bus, self._tuning)
        self._cuts = CutWatch(processor.nouns, on_cut)
        self._fetcher = Fetcher(poll=self._tuning.poll, batch=self._tuning.batch)
        self._rebuilds = 0
        self.started = False
        self.halted = False
        processor.on_progress = self._watchdog.progressed

    @property
    def ready(self) -> bool:
        """Readiness: it has been assigned partitions (perhaps none), may read them, and was not halted."""
        return self.started and not self.halted and not self._diagnostics.has(self._part)

    @property
    def alive(self) -> bool:
        """Liveness: whether its watchdog works. One that was halted, or is ending, is alive."""
        return self.halted or self._stopping.is_set() or self._watchdog.alive

    def stop(self) -> None:
        """Stop: the batch in flight is finished and committed, then the group is left."""
        self._stopping.set()

    async def run(self) -> None:
        """Run until `stop()`. Raises RunnerExhausted when building new consumers does not help."""
        if not self._topics:
            await self._stopping.wait()
        while not self._stopping.is_set():
            self._watchdog.heartbeat()
            try:
                await self._bus_answers()
                await self._live()
            except TooManyDeadLetters as error:
                self.halted = True
                log.critical("consumer_halted", dead_letters_in_a_row=error.args[0])
                await self._stopping.wait()
            except ConsumerFailed as error:
                await self._again(error)

    async def _again(self, error: ConsumerFailed) -> None:
        metrics.CONSUMER_REBUILDS.labels(error.reason).inc()
        diagnosis = diagnose_reading(error.__cause__)
        if diagnosis is not None:  # topics, or rules for them, are still to come: a new process would not help
            self._diagnostics.report(self._part, diagnosis)
            await self._stopping.rest(self._tuning.backoff_max)
            return
        self._rebuilds += error.reason != ANOTHER_BROKER
        log.warning("consumer_rebuilt", reason=error.reason, count=self._rebuilds)
        if self._rebuilds > self._tuning.rebuilds:
            raise RunnerExhausted(error.reason) from error
        await self._stopping.rest(min(0.2 * 2**self._rebuilds, self._tuning.backoff_max))

    async def _bus_answers(self) -> None:
        told = False
        while not self._stopping.is_set():
            self._watchdog.heartbeat()
            try:
                cluster_id = await self._bus.cluster_id()
            except BusUnavailable:
                if not told:
                    log.warning("bus_awaited")
                told = True
                await self._stopping.rest(1.0)
            else:
                self._start_offsets = StartOffsets(cluster_id)
                if told:
                    log.info("bus_answers")
                return

    async def _live(self) -> None:
        """Run one consumer, from start to stop."""
        if self._stopping.is_set():
            return
        self._rebalance = RebalanceListener(self._tuning.rebalance_wait)
        self._offsets_generation = -1
        self._uncommitted.clear()
        consumer = self._bus.consumer(self._group, self._topics, self._rebalance, max_poll_records=self._tuning.batch)
        loop = asyncio.get_running_loop()
        born = loop.time()
        try:
            if await self._start(consumer):
                self.started = True
                await until_first_ends(
                    self._read(consumer), self._watchdog.run(consumer, self._start_offsets.cluster_id)
                )
        finally:
            if loop.time() - born > LONG_LIFE:
                self._rebuilds = 0
            await stop_within(consumer.stop(), self._tuning.stop)

    async def _start(self, consumer: Consumer) -> bool:
        """Start the consumer; False if `stop()` was called meanwhile: joining a group may take long."""
        starting = asyncio.ensure_future(consumer.start())
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({starting, stopping}, timeout=self._tuning.start, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                return True
            if stopping.done():
                return False
            raise ConsumerFailed("start_timeout")
        except BUS_ERRORS as error:
            raise ConsumerFailed(reason_of(error)) from error
        finally:
            await cancel_all(starting, stopping)

    async def _read(self, consumer: Consumer) -> None:
        loop = asyncio.get_running_loop()
        tidied = loop.time()
        while not self._stopping.is_set():
            try:
                await self._read_once(consumer)
            except _GivenUp:
                continue
            if loop.time() - tidied > self._tuning.housekeeping:
                self._diagnostics.report(self._part, None)
                await self._housekeeping()
                tidied = loop.time()

    async def _read_once(self, consumer: Consumer) -> None:
        generation = self._rebalance.generation
        if not self._rebalance.is_open:
            await self._stopping.rest(0.02)
            return
        if generation != self._offsets_generation:
            await self._begin(consumer)
            self._offsets_generation = generation
            self._uncommitted.clear()
        fetched = await self._fetch(consumer)
        async with self._rebalance.batch():
            if not self._rebalance.is_open:
                return  # no longer ours: whoever gets the partitions begins at what was committed
            if generation != self._rebalance.generation:
                hand_back(consumer, fetched)
                return
            records = [record for part in fetched.values() for record in part]
            if records:
                metrics.CONSUME_BATCH_RECORDS.observe(len(records))
                await self._look_for_cuts(consumer)
                await self._take(consumer, records)
                self._watchdog.progressed()
                self._rebuilds = 0
                self._uncommitted.update({tp: part[-1].offset + 1 for tp, part in fetched.items() if part})
            await self._commit(consumer)

    async def _begin(self, consumer: Consumer) -> None:
        async def beginning() -> None:
            self._start_offsets = await self._stopping.bounded(
                self._tuning.call, seek_start_offsets(consumer, self._processor, self._start_offsets.cluster_id)
            )
            await self._cuts.tell(self._start_offsets.cuts, self._start_offsets.cluster_id)
            self._fetcher.forget()

        await self._in_place(beginning)

    async def _look_for_cuts(self, consumer: Consumer) -> None:
        start = self._start_offsets
        if jumped := {tp: at for tp, at in self._fetcher.jumped.items() if tp not in start.catching_up}:
            look = self._cuts.look(consumer, jumped, start.cluster_id)
            await self._in_place(lambda: self._stopping.bounded(self._tuning.call, look()))

    async def _fetch(self, consumer: Consumer) -> Mapping[TopicPartition, Sequence[Record]]:
        try:
            return await self._stopping.bounded(self._tuning.call, self._fetcher.fetch(consumer))
        except BUS_ERRORS as error:
            raise ConsumerFailed(reason_of(error)) from error

    async def _take(self, consumer: Consumer, records: Sequence[Record]) -> None:
        ends = {tp: consumer.highwater(tp) or 0 for tp in {(one.topic, one.partition) for one in records}}
        positions = {(one.topic, one.partition): one.offset + 1 for one in records}
        view = PartitionView(self._start_offsets.cluster_id, ends, self._start_offsets.catching_up)
        await self._in_place(lambda: self._processor.process(records, view))
        self._start_offsets.reached(positions)
        for (topic, partition), end in ends.items():
            lag = max(end - positions[topic, partition], 0)
            metrics.CONSUMER_LAG.labels(topic, partition).set(lag)

    async def _in_place(self, attempt: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Retry in place after transient failures, until a rebalance or `stop()`."""
        wait = 0.1
        generation = self._rebalance.generation
        while True:
            try:
                await attempt()
                return
            except Exception as error:
                if failure_kind(error) is not FailureKind.TRANSIENT and not isinstance(error, KafkaError):
                    raise
                lost = isinstance(error, IllegalStateError)  # partitions went while it was asked about them
                if isinstance(error, KafkaError) and not (error.retriable or lost):
                    raise ConsumerFailed(reason_of(error)) from error
                if not isinstance(error, KafkaError | BusUnavailable | TimeoutError):
                    self._watchdog.progressed()  # the database is away: that is no fault of the consumer
                metrics.CONSUMER_RETRIES.inc()
                log.warning("batch_tried_again", error=reason_of(error), wait=round(wait, 2))
            await self._stopping.rest(wait * random.uniform(0.5, 1.5))  # noqa: S311  (jitter, no secret)
            wait = min(wait * 2, self._tuning.backoff_max)
            if self._stopping.is_set() or not self._rebalance.is_open or generation != self._rebalance.generation:
                raise _GivenUp

    async def _commit(self, consumer: Consumer) -> None:
        """Commit the offsets of partitions that are assigned now.

        What cannot be committed is committed with a later batch.
        """
        mine = consumer.assignment()
        offsets = {tp: offset for tp, offset in self._uncommitted.items() if tp in mine}
        if not offsets:
            self._uncommitted.clear()
            return
        try:
            await self._stopping.bounded(self._tuning.call, consumer.commit(offsets))
        except (CommitFailedError, IllegalStateError):
            log.info("commit_came_too_late", partitions=len(offsets))
        except BUS_ERRORS as error:
            if isinstance(error, KafkaError) and not error.retriable:
                raise ConsumerFailed(reason_of(error)) from error
            log.warning("commit_postponed", error=reason_of(error))
            return
        self._uncommitted.clear()

    async def _housekeeping(self) -> None:
        try:
            await self._processor.housekeep()
        except Exception as error:
            if failure_kind(error) is not FailureKind.TRANSIENT:
                raise
            log.warning("housekeeping_postponed", error=reason_of(error))


class _GivenUp(Exception):
    """The batch was not processed: the next owner of its partitions fetches it again."""
