"""consume: states a second from bytes in memory to committed figures, at batch 5000; the control is batch 1.

60,000 states of 40,000 persons in 280 villages, six contributions each, dated one day; decoding, upsert of states and
deltas of every level included. Both run the product's own code: `StateProcessor`,
`Projector` and the hook of indicators. The consumer has core 0, PostgreSQL core 1.
"""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from uuid import UUID

import asyncpg
import psutil

from deploy.local.stack.postgres import Postgres
from services.indicators.deltas.service import alone, count
from services.indicators.features import SPEC
from shared.clock import SystemClock
from shared.commands.collecting import collect_seldom
from shared.contracts.catalogue import TOPICS
from shared.contracts.envelope import Span
from shared.contracts.registry.persons import PersonCorrected, PersonRegistered, PersonState, PersonStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.ids import event_id
from shared.messaging.bus.cloudevents import headers
from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Route
from shared.migration.migrate import migrate
from shared.testing.settings import settings_for
from tests.bench.harness import Goal, Measure, Outcome, outcome_of
from tests.bench.server import server

GOAL = Goal("consume", "states a second at batch 5000 against batch 1", 45, 25)
PERSONS = 40_000
STATES = 60_000
VILLAGES = [f"4504811{town:02d}2{village:02d}" for town in range(14) for village in range(20)]
BATCH = 5_000
ROUNDS = 3
SECONDS_OF_CONTROL = 3.0
DAY = date(2026, 3, 2)


def a_state(number: int, version: int, random: Random) -> StoredRecord:
    """A person over eighty: whole, sex, kind and three age bands are six contributions, all on the same day."""
    span = Span(area=random.choice(VILLAGES), kind="registered", start=DAY)
    state = PersonState(
        id=UUID(int=(0x0197_0000_0000_7000_8000 << 48) + number),
        version=version,
        status=PersonStatus.ACTIVE,
        sex=random.choice("12"),
        birth_month=f"{random.randint(1925, 1940)}-{random.randint(1, 12):02d}",
        residence=(span,),
    )
    fact = PersonRegistered(state=state) if version == 1 else PersonCorrected(state=state)
    return StoredRecord(
        topic=TOPICS["registry.person"].name,
        partition=number % 4,
        offset=number,
        key=state.subject.encode(),
        value=fact.model_dump_json().encode(),
        headers=headers(
            event_id=event_id(state.subject, version, 0, fact.type),
            type_=fact.type,
            schema_version=1,
            subject=state.subject,
            time=datetime(2026, 3, 2, 8, tzinfo=UTC),
            sequence=version,
            revision=0,
            traceparent=None,
        ),
    )


def the_states() -> list[StoredRecord]:
    """Every person once, and half of them a second time, in another village perhaps."""
    random = Random(20260302)
    first = [a_state(number, 1, random) for number in range(PERSONS)]
    second = [a_state(number, 2, random) for number in random.sample(range(PERSONS), STATES - PERSONS)]
    return first + second


@dataclass
class Bench:
    """One database, emptied before each round."""

    database: Database
    owner: asyncpg.Connection
    processor: StateProcessor
    states: Sequence[StoredRecord]

    async def rate(self, batch: int, seconds: float | None = None) -> float:
        """States a second; all of them, or as many as fit into so many seconds."""
        await self.owner.execute("TRUNCATE projected_states, deltas, grid_members, area_members, pending")
        await self.owner.execute("CHECKPOINT")
        began = time.perf_counter()
        done = 0
        while done < len(self.states) and (seconds is None or time.perf_counter() - began < seconds):
            await self.processor.process(self.states[done : done + batch])
            done += batch
        rate = min(done, len(self.states)) / (time.perf_counter() - began)
        if seconds is None:
            await self.check()
        return rate

    async def check(self) -> None:
        """A quick figure that is wrong is worth nothing."""
        people = await self.owner.fetchval(
            "SELECT sum(amount) FROM deltas WHERE area = '450481' AND measure = 'POP-RES' AND dimension = ''"
        )
        known = await self.owner.fetchval("SELECT count(*) FROM projected_states WHERE sequence IN (1, 2)")
        if (people, known) != (PERSONS, PERSONS):
            raise AssertionError(f"{people} people and {known} states, not {PERSONS}")


@contextmanager
def on_separate_cores(postgres: Postgres) -> Iterator[None]:
    """This process on core 0, the server and its sessions to come on core 1, where there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        yield
        return
    server = psutil.Process(postgres.pid())
    for process in (server, *server.children(recursive=True)):
        process.cpu_affinity([cores[1]])
    os.sched_setaffinity(0, {cores[0]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


async def _measure(postgres: Postgres) -> Outcome:
    urls = await postgres.create_service("indicators")
    await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    database = Database(urls.service_url, pool=2, application="bench")
    admin = await asyncpg.connect(raw_dsn(postgres.url(user="postgres", database="indicators")))
    crypto = Crypto.from_settings(settings_for("indicators", urls.service_url))
    route = Route("registry.person", count, reckon=alone)
    projector = Projector(
        database, (route,), owner="indicators", clock=SystemClock(), crypto=crypto, reader="indicators"
    )
    bench = Bench(database, admin, StateProcessor(projector), the_states())
    collect_seldom()  # as the worker does
    try:
        await bench.rate(BATCH)
        await bench.rate(1, 1.0)
        pairs = [(await bench.rate(BATCH), await bench.rate(1, SECONDS_OF_CONTROL)) for _ in range(ROUNDS)]
    finally:
        await admin.close()
        await database.close()
    return outcome_of(pairs, "states/s")


def measure() -> Outcome:
    """Three interleaved rounds after a warm-up."""
    with server() as postgres, on_separate_cores(postgres):
        return asyncio.run(_measure(postgres))


GOALS: dict[Goal, Measure] = {GOAL: measure}
