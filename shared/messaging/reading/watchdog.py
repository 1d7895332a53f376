"""Is the consumer still of use? aiokafka can be driven into a state that looks alive and gives nothing for ever."""

import asyncio
from dataclasses import dataclass

from shared.messaging.bus.interface import BUS_ERRORS, Bus, BusUnavailable, Consumer
from shared.observability import metrics
from shared.observability.logging import get_logger

log = get_logger(__name__)

ANOTHER_BROKER = "another_broker"


class ConsumerSpent(Exception):
    """This consumer is of no use any more: build a new one. `reason` is from a closed set."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Pace:
    """Of a consumer; times in seconds.

    `call`, `start`, `stop`: bounds of aiokafka's calls. `fence`: how long a rebalance waits for the batch in hand.
    `stuck`: no progress for so long although there is something to read; `rebuilds`: consumers built anew without any
    progress, before the process ends. `silent`: neither the reader nor its watchdog gave a sign of life for so long
    (longer than any bounded call takes): not even the watchdog works any more.
    """

    batch: int = 5000
    poll: float = 0.3
    call: float = 20.0
    start: float = 90.0
    stop: float = 5.0
    fence: float = 8.0
    stuck: float = 60.0
    silent: float = 240.0
    rebuilds: int = 5
    check_broker: float = 5.0
    housekeeping: float = 10.0
    backoff_max: float = 5.0


class Watch:
    """The progress watchdog of one runner, fed with `moved()`."""

    def __init__(self, bus: Bus, pace: Pace) -> None:
        self._bus = bus
        self._pace = pace
        self._moved = 0.0
        self._sign: float | None = None

    @property
    def alive(self) -> bool:
        """False when there was no sign of life for `Pace.silent`: what liveness probes are told."""
        return self._sign is None or asyncio.get_running_loop().time() - self._sign < self._pace.silent

    def sign(self) -> None:
        """A sign of life: something goes on, be it waiting for a broker."""
        self._sign = asyncio.get_running_loop().time()

    def moved(self) -> None:
        """Something was committed, or could not be for a known reason."""
        self.sign()
        self._moved = asyncio.get_running_loop().time()

    async def run(self, consumer: Consumer, cluster_id: str) -> None:
        """Raises ConsumerSpent when the broker is another one, or when the consumer stands still and should not."""
        self.moved()
        while True:
            self.sign()
            await asyncio.sleep(self._pace.check_broker)
            try:
                present = await self._bus.cluster_id()
            except BusUnavailable:
                self.moved()  # away: nobody could have moved
                continue
            if present != cluster_id:
                metrics.BROKER_CHANGES.inc()
                log.warning("another_broker", cluster_id=present)
                raise ConsumerSpent(ANOTHER_BROKER)
            if asyncio.get_running_loop().time() - self._moved > self._pace.stuck:
                if await self._lags(consumer):
                    raise ConsumerSpent("no_progress")
                self.moved()

    async def _lags(self, consumer: Consumer) -> bool:
        mine = list(consumer.assignment())
        try:
            async with asyncio.timeout(self._pace.call):
                ends = await consumer.end_offsets(mine) if mine else {}
                positions = {tp: await consumer.position(tp) for tp in mine}
        except BUS_ERRORS:
            return True  # the broker answers others
        return any(ends[tp] > positions[tp] for tp in mine)
