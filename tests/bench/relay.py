"""relay: outbox rows a second at batch 1000, pacing off; the control sends row by row and waits per 1,000.

The relay has core 0; PostgreSQL and the broker have core 1. Both sides use the same table, the same rows, the same kind
of producer (idempotent, all replicas).
"""

import asyncio
import time
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import psutil
from aiokafka import AIOKafkaProducer

from deploy.local.stack.postgres import Postgres
from services.registry.features import SPEC
from shared.clock import SystemClock
from shared.commands.collecting import collect_seldom
from shared.contracts.envelope import Span
from shared.contracts.registry.persons import PersonRegistered, PersonState, PersonStatus
from shared.db.engine import raw_dsn
from shared.messaging.bus.kafka import BATCH_BYTES, KafkaBus
from shared.messaging.outbox.publisher import BatchPublisher
from shared.messaging.outbox.tables import SHARDS
from shared.messaging.outbox.writer import outbox_row
from shared.migration.migrate import migrate
from shared.settings import BrokerProfile
from shared.testing.broker import BrokerProcess
from shared.testing.settings import settings_for
from tests.bench.consume import DAY, VILLAGES, on_separate_cores
from tests.bench.controls import relay as control
from tests.bench.harness import Goal, Measure, Outcome, outcome_of
from tests.bench.server import server

GOAL = Goal("relay", "outbox rows a second at batch 1000 against send(key=…) per row", 1.5, 1.0)
ROWS = 40_000
BATCH = 1_000
ROUNDS = 5


def the_rows() -> list[tuple[object, ...]]:
    """One registration of each person, as the outbox holds it."""
    clock = SystemClock()
    rows = []
    for number in range(ROWS):
        state = PersonState(
            id=UUID(int=(0x0197_0000_0000_7000_8000 << 48) + number),
            version=1,
            status=PersonStatus.ACTIVE,
            sex="1",
            birth_month="1980-05",
            residence=(Span(area=VILLAGES[number % len(VILLAGES)], kind="registered", start=DAY),),
        )
        rows.append(tuple(outbox_row(PersonRegistered(state=state), owner="registry", clock=clock).values()))
    return rows


COLUMNS = (
    *("event_id", "shard", "noun", "key", "type", "schema_version", "sequence", "revision"),
    *("occurred_at", "payload", "traceparent"),
)


@dataclass
class Bench:
    """One outbox, filled before each round."""

    owner: asyncpg.Connection
    relay: asyncpg.Connection
    bus: KafkaBus
    bootstrap: str
    rows: list[tuple[object, ...]]

    async def ours(self) -> float:
        await self._fill()
        sender = self.bus.sender()
        publisher = BatchPublisher(self.relay, sender, prefix="", batch=BATCH, pacer=None)
        shards = list(range(SHARDS))
        began = time.perf_counter()
        while await publisher.publish(shards, "bench"):
            pass
        return await self._rate(began, sender.close())

    async def control(self) -> float:
        await self._fill()
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap, acks="all", enable_idempotence=True, max_batch_size=BATCH_BYTES
        )
        began = time.perf_counter()
        await producer.start()
        await control.drain(self.relay, producer, BATCH)
        return await self._rate(began, producer.stop())

    async def _fill(self) -> None:
        await self.owner.execute("TRUNCATE outbox")
        await self.owner.copy_records_to_table("outbox", records=self.rows, columns=COLUMNS)
        await self.owner.execute("ANALYZE outbox")
        await self.owner.execute("CHECKPOINT")

    async def _rate(self, began: float, closing: object) -> float:
        rate = ROWS / (time.perf_counter() - began)
        assert asyncio.iscoroutine(closing)
        await closing
        left = await self.owner.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")
        if left:
            raise AssertionError(f"{left} rows were not published")
        return rate


async def _measure(postgres: Postgres) -> Outcome:
    urls = await postgres.create_service("registry")
    await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    owner = await asyncpg.connect(raw_dsn(postgres.url(user="postgres", database="registry")))
    relay = await asyncpg.connect(raw_dsn(urls.service_url))
    broker = BrokerProcess()
    await broker.start()
    settings = settings_for(
        "registry", urls.service_url, kafka_bootstrap=broker.bootstrap, broker_profile=BrokerProfile.EMBEDDED
    )
    bus = KafkaBus(settings, client_id="bench")
    server_core = psutil.Process(postgres.pid()).cpu_affinity()
    psutil.Process(broker.pid).cpu_affinity(server_core)
    bench = Bench(owner, relay, bus, broker.bootstrap, the_rows())
    collect_seldom()  # as the worker does
    try:
        await bench.ours()
        await bench.control()
        pairs = [(await bench.ours(), await bench.control()) for _ in range(ROUNDS)]
    finally:
        await bus.close()
        await broker.stop()
        await relay.close()
        await owner.close()
    return outcome_of(pairs, "rows/s")


def measure() -> Outcome:
    """Interleaved rounds after a warm-up."""
    with server() as postgres, on_separate_cores(postgres):
        return asyncio.run(_measure(postgres))


GOALS: dict[Goal, Measure] = {GOAL: measure}
