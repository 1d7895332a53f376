"""On the embedded broker the relay stays close to the slowest reader, and never waits for who does not read."""

import asyncio
from collections.abc import Iterable

from shared.contracts.catalogue import TOPICS
from shared.contracts.registry.calendar import CalendarPublished, CalendarState
from shared.contracts.registry.postings import PostingEntered, PostingState
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.bus.embedded import DONE, Pacer, rebuild_group
from shared.messaging.bus.interface import Message
from shared.testing.bus import MemoryBus, MemoryConsumer
from shared.testing.clock import FrozenClock
from tests.shared.facts import announced
from tests.shared.relaying import a_bus, a_relay, running, unpublished, until, until_published

POSTINGS = TOPICS["registry.posting"].name  # read by indicators alone


def a_posting() -> PostingEntered:
    state = PostingState.model_validate(
        {"id": new_id(), "version": 1, "person_id": new_id(), "book": "residence", "kind": "in", "amount": 1}
        | {"area": "450481100201", "occurred_on": "2020-01-01", "posted_on": "2020-01-01"}
    )
    return PostingEntered(state=state)


def messages(count: int, topic: str = POSTINGS) -> list[Message]:
    return [Message(topic, str(new_id()).encode(), b"x" * 580, [], 0) for _ in range(count)]


async def read_all(bus: MemoryBus, group: str, metadata: str = "") -> None:
    """Reads what there is and commits it."""
    reader: MemoryConsumer = bus.consumer(group, [POSTINGS])
    await reader.start()
    while await reader.getmany():
        pass
    await reader.commit({lane: (await reader.position(lane), metadata) for lane in reader.assignment()})
    await reader.stop()


async def send(bus: MemoryBus, pacer: Pacer, wanted: Iterable[Message]) -> None:
    batch = list(wanted)
    await pacer.admit(batch)
    pacer.sent(batch, await bus.sender().send(batch))


async def test_a_topic_waits_for_the_group_that_reads_it() -> None:
    bus = a_bus()
    pacer = Pacer(bus, budget=20_000)
    assert await pacer.admit(messages(4)) == set()
    await send(bus, pacer, messages(200))
    assert await pacer.admit(messages(4)) == {POSTINGS}
    await read_all(bus, "indicators")
    await asyncio.sleep(0.25)
    assert await pacer.admit(messages(4)) == set()


async def test_what_was_unread_before_it_started_counts() -> None:
    bus = a_bus()
    await bus.sender().send(messages(200))
    assert await Pacer(bus, budget=20_000).admit(messages(4)) == {POSTINGS}


async def test_a_topic_without_readers_never_waits() -> None:
    bus = a_bus()
    pacer = Pacer(bus, budget=1)
    values = TOPICS["indicators.value"].name
    await send(bus, pacer, messages(50, values))
    assert await pacer.admit(messages(50, values)) == set()


async def test_one_message_larger_than_the_budget_passes_when_all_is_read() -> None:
    assert await Pacer(a_bus(), budget=10).admit(messages(1)) == set()


async def test_a_rebuild_is_waited_for_until_it_says_that_it_is_done() -> None:
    bus = a_bus()
    pacer = Pacer(bus, budget=20_000)
    await send(bus, pacer, messages(200))
    await read_all(bus, "indicators")
    rebuild: MemoryConsumer = bus.consumer(rebuild_group("indicators"), [POSTINGS])
    await rebuild.start()
    await rebuild.commit(dict.fromkeys(rebuild.assignment(), (0, "")))
    assert await pacer.admit(messages(4)) == {POSTINGS}
    await rebuild.commit(dict.fromkeys(rebuild.assignment(), (1, DONE)))
    await rebuild.stop()
    await asyncio.sleep(0.25)
    assert await pacer.admit(messages(4)) == set()


async def test_groups_and_topics_carry_the_prefixes_of_the_deployment() -> None:
    bus = MemoryBus({"cenxi." + POSTINGS: 1})
    pacer = Pacer(bus, prefix="cenxi.", group=lambda service: "cenxi-" + service, budget=20_000)
    await send(bus, pacer, messages(100, "cenxi." + POSTINGS))
    assert await pacer.admit(messages(1, "cenxi." + POSTINGS)) == {"cenxi." + POSTINGS}
    reader = bus.consumer("cenxi-indicators", ["cenxi." + POSTINGS])
    await reader.start()
    await reader.commit(dict.fromkeys(reader.assignment(), 100))
    await reader.stop()
    await asyncio.sleep(0.25)
    assert await pacer.admit(messages(1, "cenxi." + POSTINGS)) == set()


async def test_the_relay_waits_and_other_nouns_go_on(kit_database: Database, clock: FrozenClock) -> None:
    bus = a_bus()
    await announced(kit_database, clock, *(a_posting() for _ in range(60)))
    relay = a_relay(kit_database, bus, batch=10, pacer=Pacer(bus, budget=6_000))
    async with running(relay):

        async def stuck() -> bool:
            return 5 <= sum(len(records) for records in bus.log.values()) < 60

        await until(stuck)
        await asyncio.sleep(0.5)
        before = sum(len(records) for records in bus.log.values())
        assert before < 60
        calendar = CalendarState(
            id="2026", year=2026, holidays=(), working_weekends=(), provisional=True, source="seed", version=1
        )
        await announced(kit_database, clock, CalendarPublished(state=calendar))
        await until_published(kit_database, left=60 - before)
        while await unpublished(kit_database):
            await read_all(bus, "indicators")
            await asyncio.sleep(0.1)
