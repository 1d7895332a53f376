"""The worker process of a service: it consumes, relays, runs schedules and long work. One composition for all four."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessLog, AccessNotes
from shared.clock import Clock, SystemClock
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.diagnostics import Diagnostics
from shared.feature import Feature, indexes_of, routes_of, schedules_of
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.files.sweep import file_sweep
from shared.http import tables as http_tables  # noqa: F401  (declares idempotency_keys, which are sealed)
from shared.http.health import health_app, served
from shared.ids import new_id
from shared.jobs.context import JobKind
from shared.jobs.runner import run_jobs
from shared.messaging.bus.embedded import Pacer
from shared.messaging.bus.interface import Bus, BusUnavailable
from shared.messaging.bus.kafka import KafkaBus
from shared.messaging.context import PlainContext
from shared.messaging.dead_letters.announcer import Announcer
from shared.messaging.inbound.factory import WorkerParts, inbound_runner
from shared.messaging.inbound.receiver import InboundDoor
from shared.messaging.outbox.relay import Relay
from shared.messaging.outbox.writer import Outbox
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Route
from shared.messaging.reading.runner import ConsumerRunner
from shared.messaging.reading.watchdog import ConsumerTuning
from shared.migration.awaited import NOT_MIGRATED, is_migrated
from shared.observability import logging, tracing
from shared.reconciliation.history import PART as HISTORY
from shared.reconciliation.history import History
from shared.republish import republish_kind
from shared.rotation.job import Rotation, rotation_kind
from shared.rotation.leftovers import digest_sweep
from shared.rotation.watch import KeyWatch
from shared.schedules import Schedule, Scheduler
from shared.service import ServiceSpec
from shared.settings import BrokerProfile, ServiceSettings

log = logging.get_logger(__name__)

FLUSH = 0.25
"""Share of the grace period kept for the relay to send what the last transactions added."""


@dataclass
class Worker:
    """The parts of one worker process, for jobs that need them."""

    spec: ServiceSpec
    settings: ServiceSettings
    clock: Clock
    database: Database
    bus: Bus
    crypto: Crypto
    access_log: AccessLog
    routes: Sequence[Route]
    relay: Relay
    runner: ConsumerRunner
    archive: Archive
    key_watch: KeyWatch
    history: History
    inbound: ConsumerRunner | None = None
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    draining: bool = False

    @property
    def runners(self) -> Sequence[ConsumerRunner]:
        """Consumer runners of the process."""
        return (self.runner,) if self.inbound is None else (self.runner, self.inbound)

    def context_of(self, session: AsyncSession) -> PlainContext:
        """Context that schedules and jobs hand to use cases."""
        return plain_context(session, self.spec, self.clock, self.crypto)

    async def ready(self) -> Mapping[str, bool]:
        """Readiness by part, for `/readyz`."""
        parts = {
            "serving": not self.draining,
            "database": await self.database.ready(),
            "keys": self.key_watch.sound,
            "consumer": self.runner.ready if self.routes else await self._bus_answers(),
        }
        parts[HISTORY] = not (parts["database"] and self.runner.started) or await self.history.whole()
        return parts if self.inbound is None else {**parts, "inbound": self.inbound.ready}

    def alive(self) -> bool:
        """Liveness (`/healthz`): the progress watchdogs work. They replace a stuck consumer, or end the process."""
        return all(runner.alive for runner in self.runners)

    async def _bus_answers(self) -> bool:
        try:
            await self.bus.cluster_id()
        except BusUnavailable:
            return False
        return True


def plain_context(session: AsyncSession, spec: ServiceSpec, clock: Clock, crypto: Crypto) -> PlainContext:
    """Build the context of every door but HTTP."""
    traceparent = tracing.current_traceparent()
    outbox = Outbox(session, owner=spec.name, clock=clock, traceparent=traceparent)
    return PlainContext(session=session, clock=clock, outbox=outbox, crypto=crypto, access=AccessNotes(clock))


async def run_worker(
    spec: ServiceSpec,
    settings: ServiceSettings,
    *,
    features: Sequence[Feature] = (),
    inbound: InboundDoor | None = None,
    clock: Clock | None = None,
    bus: Bus | None = None,
    tuning: ConsumerTuning | None = None,
) -> None:
    """Runs until SIGTERM or SIGINT, then: not ready → finish the batch → commit → leave the group → flush the outbox.

    Returns when everything has ended, within `settings.shutdown_grace`. A database or broker that is away at the start
    is waited for. Raises what a part of the process raised: it shall then end with an error and be started anew.
    `features` bring routes, schedules and jobs.
    `inbound`: events of county systems, read in a consumer group of their own, so that neither waits for the other.
    """
    logging.configure(service=spec.name, process="worker", level=settings.log_level)
    async with _worker(spec, settings, routes_of(features), inbound, clock or SystemClock(), bus, tuning) as worker:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.stop.set)
        health = health_app(ready=worker.ready, alive=worker.alive, reasons=worker.diagnostics.reasons)
        async with served(health, host=settings.host, port=settings.internal_port, grace=1):
            await _database_answers(worker)
            await worker.key_watch.run(worker.stop)
            if not worker.stop.is_set():
                await worker.access_log.start()
                kinds = [kind for feature in features if feature.jobs for kind in feature.jobs(worker)]
                if spec.restate:
                    kinds.append(republish_kind(spec, database=worker.database, clock=worker.clock))
                rotation = Rotation(spec.metadata, worker.crypto, indexes_of(features), worker.context_of)
                kinds.append(rotation_kind(rotation))
                sweeps = (file_sweep(worker.archive), digest_sweep(worker.crypto, spec.metadata))
                await _work(worker, (*schedules_of(features), *sweeps), kinds)
            else:
                log.info("worker_stopped")


@contextlib.asynccontextmanager
async def _worker(
    spec: ServiceSpec,
    settings: ServiceSettings,
    routes: Sequence[Route],
    inbound: InboundDoor | None,
    clock: Clock,
    bus: Bus | None,
    tuning: ConsumerTuning | None,
) -> AsyncIterator[Worker]:
    url, diagnostics = settings.database_url.get_secret_value(), Diagnostics()
    name = f"{spec.name}-worker-{socket.gethostname()}-{os.getpid()}"
    database = Database(
        url,
        pool=settings.database_pool,
        application=f"{spec.name}-worker",
        statement_timeout_ms=settings.statement_timeout_ms,
        lock_timeout_ms=settings.lock_timeout_ms,
        diagnostics=diagnostics,
    )
    crypto = Crypto.from_settings(settings)
    access_log = AccessLog(raw_dsn(url), writer=f"{name}-{new_id().hex[:12]}", clock=clock)
    kafka = KafkaBus(settings, client_id=name, diagnostics=diagnostics) if bus is None else None
    bus = bus if kafka is None else kafka
    assert bus is not None
    embedded = settings.broker_profile is BrokerProfile.EMBEDDED
    group = settings.group(spec.name)
    projector = Projector(
        database, routes, owner=spec.name, clock=clock, crypto=crypto, reader=group, access_log=access_log
    )
    history = History(database, spec.name, group, lambda one: plain_context(one, spec, clock, crypto), diagnostics)
    parts = WorkerParts(database, bus, crypto, clock, tuning, diagnostics, access_log)
    county = None if inbound is None else inbound_runner(spec.name, settings, inbound, parts)
    try:
        yield Worker(
            spec=spec,
            settings=settings,
            clock=clock,
            database=database,
            bus=bus,
            crypto=crypto,
            access_log=access_log,
            routes=routes,
            diagnostics=diagnostics,
            relay=Relay(
                lambda: database.connect_raw(purpose="relay"),
                bus,
                prefix=settings.topic_prefix,
                groups=settings.relay_shards,
                pacer=Pacer(bus, prefix=settings.topic_prefix, group=settings.group) if embedded else None,
            ),
            runner=ConsumerRunner(
                bus,
                StateProcessor(projector, prefix=settings.topic_prefix),
                group=group,
                tuning=tuning,
                diagnostics=diagnostics,
                on_cut=history.was_cut,
            ),
            history=history,
            archive=Archive(FileStore.from_settings(settings, spec.name), database, crypto, clock),
            key_watch=KeyWatch(database, crypto, spec.metadata, clock, diagnostics),
            inbound=county,
        )
    finally:
        if kafka is not None:
            await kafka.close()
        await access_log.stop()
        await database.close()


async def _database_answers(worker: Worker) -> None:
    told = False
    while not worker.stop.is_set():
        answers = await worker.database.ready()  # first of all: a pooler would be told by nothing else
        if answers and await is_migrated(worker.database):
            break
        worker.diagnostics.report("schema", NOT_MIGRATED if answers else None)
        if not told:
            log.warning("database_awaited")
        told = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await worker.stop.wait()
    worker.diagnostics.report("schema", None)


async def _work(worker: Worker, schedules: Sequence[Schedule], kinds: Sequence[JobKind]) -> None:
    """Everything at once, until the end is asked for or a part fails; then the parts end in their order."""
    flushed = asyncio.Event()
    scheduler = Scheduler(worker.database, schedules, worker.context_of, access_log=worker.access_log)
    announcer = Announcer(worker.database, worker.bus, worker.clock)
    changing = {
        *(asyncio.create_task(runner.run(), name=f"consumer_{n}") for n, runner in enumerate(worker.runners)),
        asyncio.create_task(scheduler.run(worker.stop), name="schedules"),
        asyncio.create_task(announcer.run(worker.stop), name="announcer"),
    }
    if kinds:
        working = run_jobs(worker.database, kinds, stop=worker.stop, grace=worker.settings.shutdown_grace / 4)
        changing.add(asyncio.create_task(working, name="jobs"))
    relay = asyncio.create_task(worker.relay.run(flushed), name="relay")
    stopping = asyncio.create_task(worker.stop.wait(), name="stop")
    log.info("worker_started")
    try:
        await _until_one_fails({relay, stopping, *changing}, worker.stop)
    finally:
        worker.draining = True
        worker.stop.set()
        for runner in worker.runners:
            runner.stop()
        grace = worker.settings.shutdown_grace
        await _end(changing, grace * (1 - FLUSH))
        flushed.set()
        await _end({relay, stopping}, grace * FLUSH)
        log.info("worker_stopped")


async def _until_one_fails(tasks: set[asyncio.Task[Any]], stop: asyncio.Event) -> None:
    """Returns when `stop` is set; raises what a task raised. A part that has nothing to do may end."""
    waiting = set(tasks)
    while waiting and not stop.is_set():
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


async def _end(tasks: set[asyncio.Task[Any]], seconds: float) -> None:
    """Wait so long, then cancel. What a task raises meanwhile is logged."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        log.warning("part_cancelled", part=task.get_name())
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=1)
    for task in tasks - late:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("part_failed", part=task.get_name(), error=type(error).__name__)
