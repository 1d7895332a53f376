"""What a worker's `/healthz` tells: whether the progress watchdogs of its readers are at work."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from shared.db.engine import Database
from shared.errors import DomainError
from shared.http.health import health_app
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Route
from shared.messaging.reading.runner import ConsumerRunner
from shared.testing.bus import MemoryBus
from shared.testing.clock import FrozenClock
from tests.shared.arrivals import a_tag
from tests.shared.consuming import CRYPTO, QUICK, running, tell, until_is

SHORT = replace(QUICK, check_broker=0.02, silent=1.0)
Reader = Callable[..., ConsumerRunner]


class SpellboundBus(MemoryBus):
    """After `spellbound` is set no question to the cluster ever ends: what no client of ours should do."""

    spellbound = False

    async def cluster_id(self) -> str:
        if self.spellbound:
            await asyncio.Event().wait()
        return await super().cluster_id()


@pytest.fixture
def bus() -> SpellboundBus:
    return SpellboundBus({"registry.tags": 1})


@pytest.fixture
def reader(bus: SpellboundBus, kit_database: Database, clock: FrozenClock) -> Reader:
    def make(hook: Any = None, **options: Any) -> ConsumerRunner:
        projector = Projector(
            kit_database, (Route("registry.tag", hook),), owner="grid", clock=clock, crypto=CRYPTO, reader="grid"
        )
        return ConsumerRunner(bus, StateProcessor(projector, **options), group="grid", tuning=SHORT)

    return make


async def healthz(runner: ConsumerRunner) -> int:
    """The status that a probe would get."""

    async def ready() -> dict[str, bool]:
        return {}

    app = health_app(ready=ready, alive=lambda: runner.alive)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://worker") as http:
        return (await http.get("/healthz")).status_code


async def test_a_reader_that_reads_waits_or_has_nothing_to_do_is_alive(reader: Reader, bus: SpellboundBus) -> None:
    runner = reader()
    assert await healthz(runner) == 200  # not begun yet: the database may be awaited
    async with running(runner):
        await until_is(_started(runner), True)
        await asyncio.sleep(1.3 * SHORT.silent)
        assert await healthz(runner) == 200
        await bus.down()
        await asyncio.sleep(1.3 * SHORT.silent)
        assert await healthz(runner) == 200
        await bus.up()


async def test_when_not_even_the_watchdog_moves_the_process_is_not_worth_keeping(
    reader: Reader, bus: SpellboundBus
) -> None:
    runner = reader()
    async with running(runner):
        await until_is(_started(runner), True)
        bus.spellbound = True

        async def given_up() -> bool:
            return await healthz(runner) == 503

        await until_is(given_up, True)
        runner.stop()
        assert await healthz(runner) == 200  # it is ending: nobody needs to kill it


async def test_a_reader_that_was_halted_is_not_killed(reader: Reader, bus: SpellboundBus) -> None:
    class Never(DomainError):
        code = "never"

    async def refuses(*_: Any) -> None:
        raise Never

    runner = reader(refuses, cap=2)
    await tell(bus, *(a_tag(str(number)) for number in range(5)))
    async with running(runner):

        async def halted() -> bool:
            return runner.halted

        await until_is(halted, True)
        await asyncio.sleep(1.3 * SHORT.silent)
        assert await healthz(runner) == 200


def _started(runner: ConsumerRunner) -> Callable[[], Any]:
    async def started() -> bool:
        return runner.started

    return started
