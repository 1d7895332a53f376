"""The consumer runner on a bus in memory: what it survives, what it commits, and when it stops."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from aiokafka.errors import UnknownTopicOrPartitionError
from sqlalchemy import text

from shared.contracts.registry.tags import TagState
from shared.db.engine import Database
from shared.errors import DomainError
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Change, ConsumerContext, Hook, Route
from shared.messaging.projection.states import projected
from shared.messaging.reading.progress import fresh_through
from shared.messaging.reading.runner import ConsumerRunner, RunnerExhausted
from shared.messaging.reading.watchdog import ConsumerTuning
from shared.testing.bus import MemoryBus, MemoryConsumer
from shared.testing.clock import FrozenClock
from tests.shared.arrivals import a_tag, an_id
from tests.shared.consuming import CRYPTO, QUICK, query, running, tell, until_is

RunnerOf = Callable[..., ConsumerRunner]


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus({"registry.tags": 4, "registry.areas": 4})


@pytest.fixture
def runner_of(bus: MemoryBus, kit_database: Database, clock: FrozenClock) -> RunnerOf:
    def make(
        hook: Hook | None = None, *, tuning: ConsumerTuning = QUICK, on: MemoryBus = bus, **options: Any
    ) -> ConsumerRunner:
        routes = (Route("registry.tag", hook), Route("registry.area"))
        projector = Projector(kit_database, routes, owner="grid", clock=clock, crypto=CRYPTO, reader="grid")
        return ConsumerRunner(on, StateProcessor(projector, **options), group="grid", tuning=tuning)

    return make


async def count(database: Database, statement: str = "SELECT count(*) FROM projected_states") -> object:
    return await query(database, statement)


async def committed(bus: MemoryBus) -> int:
    return sum(offset for offset, _ in bus.groups["grid"].offsets.values()) if "grid" in bus.groups else 0


async def test_what_is_told_is_applied_and_committed(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database
) -> None:
    await tell(bus, *(a_tag(str(number)) for number in range(30)))
    async with running(runner_of()):
        await until_is(lambda: count(kit_database), 30)
        await tell(bus, a_tag("0", 2))
        await until_is(lambda: committed(bus), 31)
    async with kit_database.session() as session:
        tag = await projected(session, TagState, an_id("0"))
        assert tag is not None
        assert tag.version == 2
        [fresh] = await fresh_through(session, "grid", ["registry.tag"])
        assert fresh.lag == 0


async def test_while_the_database_refuses_the_batch_is_tried_again_in_place(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database
) -> None:
    attempts = 0

    async def away_twice(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ConnectionError

    await tell(bus, a_tag())
    async with running(runner_of(away_twice)):
        await until_is(lambda: committed(bus), 1)
    assert attempts == 3
    assert await count(kit_database, "SELECT count(*) FROM dead_letters") == 0


async def test_nothing_is_committed_before_the_database_has_it(runner_of: RunnerOf, bus: MemoryBus) -> None:
    async def away(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        raise ConnectionError

    await tell(bus, a_tag())
    async with running(runner_of(away)):
        await asyncio.sleep(0.3)
    assert await committed(bus) == 0


async def test_a_replaced_broker_is_read_from_its_beginning(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database
) -> None:
    async with running(runner_of()):
        await tell(bus, *(a_tag("x", version) for version in range(1, 21)))
        await until_is(lambda: committed(bus), 20)
        await bus.replace()
        await tell(bus, *(a_tag("x", version) for version in range(19, 24)))
        await until_is(lambda: count(kit_database, "SELECT max(sequence) FROM projected_states"), 23)
        await until_is(lambda: committed(bus), 5)


async def test_an_emptied_database_is_filled_again_although_offsets_were_committed(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database
) -> None:
    await tell(bus, *(a_tag(str(number)) for number in range(10)))
    async with running(runner_of()):
        await until_is(lambda: committed(bus), 10)
    async with kit_database.session() as session:
        await session.execute(text("DELETE FROM projected_states"))
        await session.execute(text("DELETE FROM consumer_progress"))
        await session.commit()
    async with running(runner_of()):
        await until_is(lambda: count(kit_database), 10)


async def test_a_broker_that_is_away_is_waited_for(runner_of: RunnerOf, bus: MemoryBus, kit_database: Database) -> None:
    await bus.down()
    async with running(runner_of()):
        await asyncio.sleep(0.3)
        await bus.up()
        await tell(bus, a_tag())
        await until_is(lambda: count(kit_database), 1)
        await bus.down()
        await asyncio.sleep(0.6)
        await bus.up()
        await tell(bus, a_tag("b"))
        await until_is(lambda: count(kit_database), 2)


async def test_a_rebalance_in_mid_batch_waits_for_the_batch_and_nothing_is_applied_twice(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database
) -> None:
    entered, finished = asyncio.Event(), 0

    async def slowly(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        nonlocal finished
        entered.set()
        await asyncio.sleep(0.2)
        for _ in changes:
            await context.raw.execute("INSERT INTO effects VALUES ('effect', gen_random_uuid(), now())")
        finished += len(changes)

    await tell(bus, *(a_tag(str(number)) for number in range(40)))
    first, second = runner_of(slowly), runner_of(slowly)
    async with running(first):
        await entered.wait()
        assert finished == 0
        async with running(second):  # joins while the batch is in hand
            await until_is(lambda: committed(bus), 40)
            assert finished == 40
            await tell(bus, *(a_tag(str(number), 2) for number in range(40)))
            await until_is(lambda: committed(bus), 80)
    assert await count(kit_database, "SELECT count(*) FROM effects") == 80


async def test_dead_letters_in_a_row_halt_the_consumer_but_not_the_process(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database
) -> None:
    class No(DomainError):
        code = "no"

    async def refuses(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        raise No

    await tell(bus, *(a_tag(str(number)) for number in range(40)))
    runner = runner_of(refuses, cap=5)
    async with running(runner):
        await until_is(_attribute(runner, "halted"), True)
        assert not runner.ready
        await asyncio.sleep(0.1)
    assert await count(kit_database, "SELECT count(*) FROM dead_letters") == 5
    assert await committed(bus) == 0


class DeafConsumer(MemoryConsumer):
    """Looks alive and gives nothing: what a coordinator error can make of a consumer."""

    async def getmany(self, *partitions: Any, timeout_ms: int = 0, max_records: int | None = None) -> Any:
        await asyncio.sleep(timeout_ms / 1000)
        return {}


class DeafBus(MemoryBus):
    """Its first consumers are deaf."""

    deaf = 0
    built = 0
    kind: type[MemoryConsumer] = DeafConsumer

    def consumer(self, *arguments: Any, max_poll_records: int = 5000) -> MemoryConsumer:
        self.built += 1
        kind = self.kind if self.built <= self.deaf else MemoryConsumer
        return kind(self, arguments[0], arguments[1], arguments[2], max_poll_records)


async def test_a_consumer_that_stands_still_is_replaced(kit_database: Database, runner_of: RunnerOf) -> None:
    bus = DeafBus({"registry.tags": 2, "registry.areas": 2})
    bus.deaf = 2
    runner = runner_of(tuning=replace(QUICK, stuck=0.4, rebuilds=50), on=bus)
    await tell(bus, a_tag())
    async with running(runner):
        await until_is(lambda: count(kit_database), 1)
    assert bus.built >= 3


async def test_when_replacing_does_not_help_the_process_shall_end(kit_database: Database, runner_of: RunnerOf) -> None:
    bus = DeafBus({"registry.tags": 2, "registry.areas": 2})
    bus.deaf = 100
    runner = runner_of(tuning=replace(QUICK, stuck=0.1, rebuilds=2), on=bus)
    await tell(bus, a_tag())
    async with asyncio.timeout(60):
        with pytest.raises(RunnerExhausted):
            await runner.run()
    assert bus.built == 3


async def test_a_database_that_is_away_for_long_is_no_fault_of_the_consumer(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database
) -> None:
    away = True

    async def sometimes_away(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        if away:
            raise ConnectionRefusedError

    await tell(bus, *(a_tag(str(number)) for number in range(20)))
    patient = replace(QUICK, batch=1, stuck=1.0, backoff_max=0.05, rebuilds=0)
    async with running(runner_of(sometimes_away, tuning=patient)):
        await asyncio.sleep(2.5)
        away = False
        await until_is(lambda: committed(bus), 20)


class TopiclessConsumer(MemoryConsumer):
    """On a cluster where the owner of the topic has not been migrated yet."""

    async def start(self) -> None:
        raise UnknownTopicOrPartitionError


async def test_topics_that_are_still_to_come_are_waited_for(kit_database: Database, runner_of: RunnerOf) -> None:
    bus = DeafBus({"registry.tags": 2, "registry.areas": 2})
    bus.deaf, bus.kind = 3, TopiclessConsumer
    await tell(bus, a_tag())
    async with running(runner_of(tuning=replace(QUICK, rebuilds=0), on=bus)):
        await until_is(lambda: count(kit_database), 1)


async def test_an_idle_consumer_is_left_alone(runner_of: RunnerOf, kit_database: Database) -> None:
    bus = DeafBus({"registry.tags": 2, "registry.areas": 2})
    async with running(runner_of(tuning=replace(QUICK, stuck=0.1, rebuilds=50), on=bus)):
        await asyncio.sleep(0.6)
        assert bus.built == 1
        await tell(bus, a_tag())
        await until_is(lambda: count(kit_database), 1)


async def test_the_end_leaves_the_group_at_once_even_while_the_database_is_away(
    runner_of: RunnerOf, bus: MemoryBus
) -> None:
    async def away(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        raise ConnectionError

    await tell(bus, a_tag())
    runner = runner_of(away)
    async with running(runner):
        await until_is(_attribute(runner, "ready"), True)
        await asyncio.sleep(0.2)
    assert bus.groups["grid"].members == []


def _attribute(runner: ConsumerRunner, name: str) -> Callable[[], Awaitable[object]]:
    async def found() -> object:
        return getattr(runner, name)

    return found
