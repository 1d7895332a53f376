"""Any number of relays may run: each key has one at a time, and the shards are shared fairly."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest

from shared.contracts.registry.persons import PersonRegistered
from shared.db.engine import Database
from shared.messaging.outbox.relay import Relay
from shared.messaging.outbox.shards import ShardLocks
from shared.messaging.outbox.tables import SHARDS
from shared.messaging.outbox.writer import shard_of
from shared.testing.clock import FrozenClock
from tests.shared.facts import a_person, announced, registered
from tests.shared.relaying import a_bus, a_relay, on_the_bus, running, until, until_holding, until_published


@pytest.fixture
async def connections(kit_database: Database) -> AsyncIterator[Sequence[asyncpg.Connection]]:
    opened = [await kit_database.connect_raw() for _ in range(3)]
    yield opened
    for connection in opened:
        if not connection.is_closed():
            await connection.close()


async def test_of_two_relays_with_one_group_one_works(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    first, second = a_relay(kit_database, bus), a_relay(kit_database, bus)
    async with running(first):
        await until_holding(first, SHARDS)
        async with running(second):
            await announced(kit_database, clock, *registered({"a": 4, "b": 4}))
            await until_published(kit_database)
            assert second.held == ()
    assert list(on_the_bus(bus).values()) == [[1, 2, 3, 4]] * 2


async def test_when_one_stops_the_other_takes_over(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    first, second = a_relay(kit_database, bus), a_relay(kit_database, bus)
    async with running(second):
        await until_holding(second, SHARDS)
        async with running(first):
            pass
        async with running(first):
            await asyncio.sleep(0.2)
            assert first.held == ()
    async with running(first):
        await until_holding(first, SHARDS)
        await announced(kit_database, clock, PersonRegistered(state=a_person()))
        await until_published(kit_database)


async def test_two_relays_with_four_groups_share_and_keep_the_order(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    relays = [a_relay(kit_database, bus, groups=4, batch=7) for _ in range(2)]
    async with running(*relays):

        async def shared() -> bool:
            return [len(relay.held) for relay in relays] == [8, 8]

        await until(shared)
        assert set(relays[0].held).isdisjoint(relays[1].held)
        await announced(kit_database, clock, *registered({str(n): 5 for n in range(20)}))
        await until_published(kit_database)
        assert {shard_of(key) in relays[0].held for key in on_the_bus(bus)} == {True, False}
    assert list(on_the_bus(bus).values()) == [[1, 2, 3, 4, 5]] * 20


async def test_shards_that_change_hands_in_mid_stream_lose_and_swap_nothing(
    kit_database: Database, clock: FrozenClock
) -> None:
    bus = a_bus()
    steady = a_relay(kit_database, bus, groups=4, batch=5)

    async def come_and_go(relay: Relay) -> None:
        for _ in range(4):
            async with running(relay):
                await asyncio.sleep(0.25)

    async with running(steady):
        await asyncio.gather(
            come_and_go(a_relay(kit_database, bus, groups=4, batch=5)),
            announced(kit_database, clock, *registered({str(n): 30 for n in range(10)})),
        )
        await until_published(kit_database)
    assert list(on_the_bus(bus).values()) == [list(range(1, 31))] * 10


async def test_relays_of_different_numbers_of_groups_never_share_a_shard(
    connections: Sequence[asyncpg.Connection],
) -> None:
    fours, ones = ShardLocks(connections[0], groups=4), ShardLocks(connections[1], groups=1)
    await fours.rebalance()
    assert len(fours.held) == SHARDS
    assert not await ones.rebalance()
    assert ones.held == []
    assert await fours.rebalance(), "gives half away: two are present now"
    assert len(fours.held) == 8
    await ones.rebalance()
    assert ones.held == [], "a group is taken whole"
    await connections[0].close()
    await asyncio.sleep(0.1)
    assert await ones.rebalance()
    assert len(ones.held) == SHARDS


async def test_a_newcomer_gets_a_fair_share(connections: Sequence[asyncpg.Connection]) -> None:
    members = [ShardLocks(connection, groups=4) for connection in connections]
    for _ in range(3):
        for member in members:
            await member.rebalance()
    held = [len(member.held) for member in members]
    assert sorted(held) == [4, 4, 8]
    assert sum(held) == SHARDS
