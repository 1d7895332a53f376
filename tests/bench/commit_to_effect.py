"""commit-to-effect: from a commit in registry's outbox to the committed figure, at 100 events a second.

Ours wakes the relay by NOTIFY; the control is the same stack whose relay polls every 50 ms and is never notified.
PostgreSQL and broker are the embedded ones, both stacks run side by side, the load goes to one and then to the other.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from deploy.local.stack.postgres import Postgres
from services.indicators.deltas.service import alone, count
from services.indicators.features import SPEC as INDICATORS
from services.registry.features import SPEC as REGISTRY
from shared.clock import SystemClock
from shared.contracts.envelope import Span
from shared.contracts.registry.persons import PersonRegistered, PersonState, PersonStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.db.waking import Waker
from shared.ids import new_id
from shared.messaging.bus.interface import Record
from shared.messaging.bus.kafka import KafkaBus
from shared.messaging.outbox.relay import Relay, RelayTimes
from shared.messaging.outbox.writer import Outbox
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Route
from shared.messaging.reading.processor import PartitionView
from shared.messaging.reading.runner import ConsumerRunner
from shared.migration.migrate import migrate
from shared.settings import BrokerProfile
from shared.testing.broker import BrokerProcess
from shared.testing.settings import settings_for
from tests.bench.harness import Goal, Measure, Outcome, outcome_of
from tests.bench.server import server

GOAL = Goal("commit-to-effect", "p99 from commit to the indicator's new value", 0.5, 1.0, "lower")
RATE = 100
SECONDS = 3.0
ROUNDS = 3
VILLAGES = [f"4504811142{number:02d}" for number in range(1, 25)]


class TimedProcessor(StateProcessor):
    """Notes when the batch that held a key was committed."""

    def __init__(self, projector: Projector) -> None:
        super().__init__(projector, prefix="")
        self.done: dict[bytes, float] = {}

    async def process(self, records: Sequence[Record], view: PartitionView | None = None) -> None:
        await super().process(records, view)
        now = asyncio.get_running_loop().time()
        for record in records:
            self.done[record.key or b""] = now


class Silent(Waker):
    """Notifies nobody: the control's relay finds rows when it looks."""

    def wake(self, channels: frozenset[str]) -> None:
        pass


@dataclass
class Leg:
    """One registry outbox, one relay, one consumer of indicators."""

    writer: Database
    processor: TimedProcessor
    started: dict[bytes, float] = field(default_factory=dict)

    async def register(self, number: int) -> None:
        """One person, committed; the clock starts when the commit has returned."""
        span = Span(area=VILLAGES[number % len(VILLAGES)], kind="registered", start=date(2026, 1, 1))
        state = PersonState(
            id=new_id(), version=1, status=PersonStatus.ACTIVE, sex="1", birth_month="1980-01", residence=(span,)
        )
        async with self.writer.session() as session:
            Outbox(session, owner="registry", clock=SystemClock()).add(PersonRegistered(state=state))
            await session.commit()
        self.started[state.subject.encode()] = asyncio.get_running_loop().time()

    async def p99(self) -> float:
        """Milliseconds, of one round."""
        self.started.clear()
        loop = asyncio.get_running_loop()
        begin = loop.time()
        tasks = []
        for number in range(int(RATE * SECONDS)):
            await asyncio.sleep(max(0.0, begin + number / RATE - loop.time()))
            tasks.append(asyncio.create_task(self.register(number)))
        await asyncio.gather(*tasks)
        async with asyncio.timeout(30):
            while not self.started.keys() <= self.processor.done.keys():
                await asyncio.sleep(0.01)
        waits = sorted(self.processor.done[key] - at for key, at in self.started.items())
        return 1000 * max(waits[int(len(waits) * 0.99) - 1], 0.001)


@contextlib.asynccontextmanager
async def leg(postgres: Postgres, name: str, *, notified: bool) -> AsyncIterator[Leg]:
    """Everything between a commit and its effect, on databases and a broker of its own."""
    broker = BrokerProcess()
    await broker.start()
    urls = {}
    for spec in (REGISTRY, INDICATORS):
        urls[spec.name] = made = await postgres.create_service(f"{name}_{spec.name}")
        await migrate(spec, made.owner_url, service_role=made.service_role)
    writer = Database(urls["registry"].service_url, pool=8, application="bench-writer")
    if not notified:
        writer.waker = Silent(writer.connect_raw)
    reader = Database(urls["indicators"].service_url, pool=4, application="bench-reader")
    settings = settings_for(
        "registry",
        urls["registry"].service_url,
        kafka_bootstrap=broker.bootstrap,
        broker_profile=BrokerProfile.EMBEDDED,
    )
    bus = KafkaBus(settings, client_id=f"bench-{name}")
    crypto = Crypto.from_settings(settings)
    route = Route("registry.person", count, reckon=alone)
    processor = TimedProcessor(
        Projector(reader, (route,), owner="indicators", clock=SystemClock(), crypto=crypto, reader="indicators")
    )
    times = RelayTimes() if notified else RelayTimes(poll=0.05)
    relay = Relay(lambda: writer.connect_raw(purpose="relay"), bus, times=times)
    runner = ConsumerRunner(bus, processor, group="indicators")
    stop = asyncio.Event()
    tasks = [asyncio.create_task(relay.run(stop)), asyncio.create_task(runner.run())]
    try:
        async with asyncio.timeout(60):
            while not (runner.ready and relay.broker):
                await asyncio.sleep(0.1)
        yield Leg(writer, processor)
    finally:
        stop.set()
        runner.stop()
        await asyncio.wait(tasks, timeout=20)
        await bus.close()
        await writer.close()
        await reader.close()
        await broker.stop()


async def _measure() -> Outcome:
    with server() as postgres:
        async with (
            leg(postgres, "ours", notified=True) as ours,
            leg(postgres, "control", notified=False) as control,
        ):
            await ours.p99()
            await control.p99()
            pairs = [(await ours.p99(), await control.p99()) for _ in range(ROUNDS)]
    return outcome_of(pairs, "ms")


def measure() -> Outcome:
    """Three rounds of three seconds each, after a warm-up."""
    return asyncio.run(_measure())


GOALS: dict[Goal, Measure] = {GOAL: measure}
