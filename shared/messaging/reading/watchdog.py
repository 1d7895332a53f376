"""Progress watchdog of a consumer: aiokafka can get into a state that looks alive and returns nothing for ever."""

import asyncio
from dataclasses import dataclass

from shared.messaging.bus.interface import BUS_ERRORS, Bus, BusUnavailable, Consumer
from shared.observability import metrics
from shared.observability.logging import get_logger

log = get_logger(__name__)

ANOTHER_BROKER = "another_broker"


class ConsumerFailed(Exception):
    """Error: this consumer must be replaced by a new one. `reason` is from a closed set."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class ConsumerTuning:
    """Tuning of a consumer; times in seconds.

    `call`, `start`, `stop`: bounds of aiokafka's calls. `rebalance_wait`: how long a rebalance waits for the
    batch in flight.
    `stuck`: no progress for so long although there is something to read; `rebuilds`: consumers built anew without any
    progress, before the process ends. `silent`: neither the reader nor its watchdog gave a heartbeat for so long
    (longer than any bounded call takes): not even the watchdog works any more.
    """

    batch: int = 5000
    poll: float = 0.3
    call: float = 20.0
    start: float = 90.0
    stop: float = 5.0
    rebalance_wait: float = 8.0
    stuck: float = 60.0
    silent: float = 240.0
    rebuilds: int = 5
    check_broker: float = 5.0
    housekeeping: float = 10.0
    backoff_max: float = 5.0


class ProgressWatchdog:
    """Progress watchdog of one runner, fed with `progressed()`."""

    def __init__(self, bus: Bus, tuning: ConsumerTuning) -> None:
        self._bus = bus
        self._tuning = tuning
        self._progressed_at = 0.0
        self._heartbeat_at: float | None = None

    @property
    def alive(self) -> bool:
        """Liveness: False if there was no heartbeat for `ConsumerTuning.silent` seconds."""
        return (
            self._heartbeat_at is None or asyncio.get_running_loop().time() - self._heartbeat_at < self._tuning.silent
        )

    def heartbeat(self) -> None:
        """Heartbeat: the runner works, be it that it waits for a broker."""
        self._heartbeat_at = asyncio.get_running_loop().time()

    def progressed(self) -> None:
        """Progress: something was committed, or could not be for a known reason."""
        self.heartbeat()
        self._progressed_at = asyncio.get_running_loop().time()

    async def run(self, consumer: Consumer, cluster_id: str) -> None:
        """Watch a consumer. Raises ConsumerFailed if the cluster id changes, or if there is lag and no progress."""
        self.progressed()
        while True:
            self.heartbeat()
            await asyncio.sleep(self._tuning.check_broker)
            try:
                present = await self._bus.cluster_id()
            except BusUnavailable:
                self.progressed()  # away: nobody could have moved
                continue
            if present != cluster_id:
                metrics.BROKER_CHANGES.inc()
                log.warning("another_broker", cluster_id=present)
                raise ConsumerFailed(ANOTHER_BROKER)
            if asyncio.get_running_loop().time() - self._progressed_at > self._tuning.stuck:
                if await self._lags(consumer):
                    raise ConsumerFailed("no_progress")
                self.progressed()

    async def _lags(self, consumer: Consumer) -> bool:
        mine = list(consumer.assignment())
        try:
            async with asyncio.timeout(self._tuning.call):
                ends = await consumer.end_offsets(mine) if mine else {}
                positions = {tp: await consumer.position(tp) for tp in mine}
        except BUS_ERRORS:
            return True  # the broker answers others
        return any(ends[tp] > positions[tp] for tp in mine)
