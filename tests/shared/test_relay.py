"""What was committed is published: all of it, in order per key, and marked when the broker has it."""

import asyncio

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from shared.contracts.registry.areas import AreaOpened
from shared.contracts.registry.persons import PersonRegistered
from shared.db.engine import Database
from shared.db.waking import Waker
from shared.messaging.bus.interface import Message, SendFailed, TopicRefused
from shared.messaging.outbox import relay as relay_module
from shared.messaging.outbox.relay import RelayTimes
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.outbox.writer import Outbox, outbox_row
from shared.testing.clock import FrozenClock
from tests.shared.facts import a_person, an_area, announced, registered
from tests.shared.relaying import (
    QUICK,
    BusBetween,
    a_bus,
    a_relay,
    cut_relay,
    on_the_bus,
    refusing,
    running,
    unpublished,
    until,
    until_holding,
    until_published,
)


async def test_everything_is_published_in_order_and_marked(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    await announced(kit_database, clock, *registered({"a": 5, "b": 3, "c": 1}))
    async with running(a_relay(kit_database, bus)):
        await until_published(kit_database)
    assert sorted(on_the_bus(bus).values()) == [[1], [1, 2, 3], [1, 2, 3, 4, 5]]
    async with kit_database.session() as session:
        assert set(await session.scalars(select(OutboxMessage.broker))) == {await bus.cluster_id()}


async def test_small_batches_keep_the_order_too(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    await announced(kit_database, clock, *registered(dict.fromkeys("abcdefg", 4)))
    async with running(a_relay(kit_database, bus, batch=3)):
        await until_published(kit_database)
    assert list(on_the_bus(bus).values()) == [[1, 2, 3, 4]] * 7


async def test_a_commit_wakes_the_relay(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    async with running(a_relay(kit_database, bus, times=RelayTimes(poll=60))):
        await announced(kit_database, clock, AreaOpened(state=an_area()))
        await until_published(kit_database, seconds=5)
        await announced(kit_database, clock, PersonRegistered(state=a_person()))
        await until_published(kit_database, seconds=5)


async def test_what_no_notice_told_is_found_by_looking(
    kit_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a process dies between its commit and its NOTIFY."""
    monkeypatch.setattr(Waker, "wake", lambda *_: None)
    async with running(a_relay(kit_database, a_bus())):
        await asyncio.sleep(0.3)
        await announced(kit_database, clock, AreaOpened(state=an_area()))
        await until_published(kit_database)


async def test_a_connection_that_does_not_notify_by_itself_is_notified_for(
    kit_database: Database, clock: FrozenClock
) -> None:
    bus = a_bus()
    async with running(a_relay(kit_database, bus, times=RelayTimes(poll=60))):
        await announced(kit_database, clock, AreaOpened(state=an_area()))
        await until_published(kit_database, seconds=5)
        raw = await kit_database.connect_raw()
        row = outbox_row(PersonRegistered(state=a_person()), owner="registry", clock=clock)
        columns = ", ".join(row)
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await raw.execute(f"INSERT INTO outbox ({columns}) VALUES ({places})", *row.values())
        await raw.close()
        await until_published(kit_database, seconds=5)


async def test_a_row_that_commits_late_is_not_skipped(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    async with running(a_relay(kit_database, bus)), kit_database.session() as slow:
        Outbox(slow, owner="registry", clock=clock).add(PersonRegistered(state=a_person()))
        await slow.flush()
        await announced(kit_database, clock, PersonRegistered(state=a_person()))
        await until_published(kit_database)
        assert len(on_the_bus(bus)) == 1
        await slow.commit()
        await until_published(kit_database)
    assert len(on_the_bus(bus)) == 2


async def test_a_key_stops_at_its_first_failure_and_others_go_on(kit_database: Database, clock: FrozenClock) -> None:
    broken = True
    bus = BusBetween(before=refusing(3, lambda: broken))
    await announced(kit_database, clock, *registered({"a": 5, "b": 2, "c": 2}))
    async with running(a_relay(kit_database, bus, batch=4)):
        await until_published(kit_database, left=3)
        await announced(kit_database, clock, *registered({"d": 2}))
        await until_published(kit_database, left=3)
        assert sorted(on_the_bus(bus).values()) == [[1, 2]] * 4
        broken = False
        await until_published(kit_database, seconds=20)
    assert sorted(on_the_bus(bus).values()) == [[1, 2], [1, 2], [1, 2], [1, 2, 3, 4, 5]]


async def test_a_topic_that_is_refused_holds_up_no_other(kit_database: Database, clock: FrozenClock) -> None:
    def no_areas(message: Message) -> SendFailed | None:
        return TopicRefused("no") if message.topic == "registry.areas" else None

    bus = BusBetween(before=no_areas)
    await announced(kit_database, clock, *(AreaOpened(state=an_area(f"4504810{n:02}")) for n in range(10)))
    await announced(kit_database, clock, *registered({"a": 2}))
    async with running(a_relay(kit_database, bus, batch=5)):
        await until_published(kit_database, left=10)
    assert list(on_the_bus(bus).values()) == [[1, 2]]


async def test_while_the_broker_is_away_nothing_is_lost(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    async with running(a_relay(kit_database, bus)):
        await announced(kit_database, clock, *registered({"a": 2}))
        await until_published(kit_database)
        await bus.down()
        await announced(kit_database, clock, *registered({"b": 3, "c": 1}))
        await asyncio.sleep(0.5)
        assert await unpublished(kit_database) == 4
        await bus.up()
        await until_published(kit_database)
    assert sorted(on_the_bus(bus).values()) == [[1], [1, 2], [1, 2, 3]]


async def test_a_relay_that_dies_between_send_and_mark_sends_again_in_order(
    kit_database: Database, clock: FrozenClock
) -> None:
    deaths = 2

    async def die() -> None:
        nonlocal deaths
        if deaths:
            deaths -= 1
            await cut_relay(kit_database)

    bus = BusBetween(after=die)
    await announced(kit_database, clock, *registered({"a": 3}))
    async with running(a_relay(kit_database, bus)):
        await until_published(kit_database)
    assert list(on_the_bus(bus).values()) == [[1, 2, 3] * 3]


async def test_the_loss_of_the_database_is_survived(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    relay = a_relay(kit_database, bus)
    async with running(relay):
        await until_holding(relay, 16)
        await cut_relay(kit_database)
        await announced(kit_database, clock, *registered({"a": 2}))
        await until_published(kit_database)
    assert list(on_the_bus(bus).values()) == [[1, 2]]


async def test_stopping_is_bounded_when_the_broker_hangs(kit_database: Database, clock: FrozenClock) -> None:
    hanging = asyncio.Event()

    async def hang() -> None:
        hanging.set()
        await asyncio.sleep(3600)

    bus = BusBetween(after=hang)
    await announced(kit_database, clock, *registered({"a": 1}))
    loop = asyncio.get_running_loop()
    async with running(a_relay(kit_database, bus)):
        async with asyncio.timeout(10):
            await hanging.wait()
        started = loop.time()
    assert loop.time() - started < QUICK.grace + 2
    assert await unpublished(kit_database) == 1


async def test_stopping_finishes_the_batch_in_hand(kit_database: Database, clock: FrozenClock) -> None:
    sending = asyncio.Event()

    async def take_time() -> None:
        sending.set()
        await asyncio.sleep(0.2)

    await announced(kit_database, clock, *registered({"a": 1}))
    async with running(a_relay(kit_database, BusBetween(after=take_time))):
        async with asyncio.timeout(10):
            await sending.wait()
    assert await unpublished(kit_database) == 0


async def test_a_new_broker_gets_every_retained_row_once(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    first = await bus.cluster_id()
    async with running(a_relay(kit_database, bus)):
        await announced(kit_database, clock, *registered({"a": 3, "b": 2}))
        await until_published(kit_database)
        await bus.replace()

        async def carried() -> bool:
            return len(on_the_bus(bus)) == 2 and await unpublished(kit_database) == 0

        await until(carried)
        await asyncio.sleep(0.5)
    assert sorted(on_the_bus(bus).values()) == [[1, 2], [1, 2, 3]]
    async with kit_database.session() as session:
        assert set(await session.scalars(select(OutboxMessage.broker))) == {await bus.cluster_id()} != {first}


async def test_many_retained_rows_are_sent_again_piece_by_piece(
    kit_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "PIECE", 3)
    bus = a_bus()
    await announced(kit_database, clock, *registered(dict.fromkeys("abcde", 4)))
    async with running(a_relay(kit_database, bus)):
        await until_published(kit_database)
    await bus.replace()
    relay = a_relay(kit_database, bus)
    async with running(relay):
        await until_holding(relay, 16)

        async def carried() -> bool:
            return relay.broker == await bus.cluster_id() and await unpublished(kit_database) == 0

        await until(carried)
    assert list(on_the_bus(bus).values()) == [[1, 2, 3, 4]] * 5


async def test_the_same_broker_gets_nothing_twice_after_a_restart(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    await announced(kit_database, clock, *registered({"a": 2}))
    for _ in range(2):
        relay = a_relay(kit_database, bus)
        async with running(relay):
            await until_holding(relay, 16)
            await until_published(kit_database)
            await asyncio.sleep(0.2)
    assert list(on_the_bus(bus).values()) == [[1, 2]]


async def test_its_metrics_tell_what_waits(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    await announced(kit_database, clock, *registered({"a": 2}))
    published = REGISTRY.get_sample_value("xiangli_relay_published_total", {"noun": "registry.person"}) or 0
    await bus.down()

    async def waiting() -> bool:
        oldest = REGISTRY.get_sample_value("xiangli_outbox_oldest_unpublished_seconds") or 0
        return REGISTRY.get_sample_value("xiangli_outbox_backlog_rows") == 2 and oldest > 0.2

    async def through() -> bool:
        oldest = REGISTRY.get_sample_value("xiangli_outbox_oldest_unpublished_seconds")
        return REGISTRY.get_sample_value("xiangli_outbox_backlog_rows") == 0 and oldest == 0

    async with running(a_relay(kit_database, bus)):
        await until(waiting)
        await bus.up()
        await until(through)
    after = REGISTRY.get_sample_value("xiangli_relay_published_total", {"noun": "registry.person"})
    assert after == pytest.approx(published + 2)
