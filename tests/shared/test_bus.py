"""One contract suite for the fake in memory, the embedded broker and real Kafka: all releases, users, certificates."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.structs import TopicPartition

from deploy.kafka.jars import VERSIONS
from shared.contracts.catalogue import dead_letter_topic
from shared.messaging.bus.interface import BusUnavailable, Consumer, MessageRefused, Record, SendFailed, Sent
from tests.shared.buses import MemoryRig, RealRig, Rig, a_message, embedded_rig, real_rig, secure_rig
from tests.shared.relaying import until


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="session",
    params=[
        "memory",
        pytest.param("embedded", marks=(pytest.mark.embedded, pytest.mark.xdist_group("bus"))),
        *(pytest.param(f"kafka-{version}", marks=pytest.mark.kafka) for version in VERSIONS),
        pytest.param("password", marks=pytest.mark.kafka),
        pytest.param("certificate", marks=pytest.mark.kafka),
    ],
)
async def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    match request.param:
        case "memory":
            yield MemoryRig()
        case "embedded":
            async with embedded_rig() as embedded:
                yield embedded
        case "password" | "certificate" as by:
            async with secure_rig(tmp_path_factory.mktemp("kafka"), by) as guarded:
                yield guarded
        case release:
            async with real_rig(tmp_path_factory.mktemp("kafka"), release.removeprefix("kafka-")) as real:
                yield real


def a_group() -> str:
    return f"group-{uuid4().hex[:8]}"


async def sent(rig: Rig, topic: str, *pairs: tuple[str, str]) -> list[Sent]:
    sender = rig.bus.sender()
    try:
        outcomes = await sender.send([a_message(topic, key, value) for key, value in pairs])
    finally:
        await sender.close()
    assert all(isinstance(outcome, Sent) for outcome in outcomes), outcomes
    return [outcome for outcome in outcomes if isinstance(outcome, Sent)]


async def read(consumer: Consumer, count: int, *, seconds: float = 30) -> list[Record]:
    """As many records as expected, in the order of arrival."""
    found: list[Record] = []
    async with asyncio.timeout(seconds):
        while len(found) < count:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
    assert len(found) == count
    return found


def values(records: list[Record], key: str | None = None) -> list[str]:
    return [(r.value or b"").decode() for r in records if key is None or r.key == key.encode()]


async def stop(consumer: Consumer) -> None:
    with suppress(asyncio.CancelledError):  # aiokafka's stop() may leak one
        async with asyncio.timeout(10):
            await consumer.stop()


async def test_what_is_published_is_consumed_as_it_was_sent(rig: Rig) -> None:
    topic = await rig.topic(1)
    assert [one.offset for one in await sent(rig, topic, ("a", "1"), ("b", "2"))] == [0, 1]
    consumer = rig.bus.consumer(a_group(), [topic])
    await consumer.start()
    first, second = await read(consumer, 2)
    await stop(consumer)
    assert (first.topic, first.partition, first.offset, first.key, first.value) == (topic, 0, 0, b"a", b"1")
    assert first.timestamp == 1_700_000_000_000
    assert dict(first.headers) == {"kind": b"suite"}
    assert second.value == b"2"


async def test_headers_may_be_any_sequence(rig: Rig) -> None:
    topic, sender = await rig.topic(1), rig.bus.sender()
    (outcome,) = await sender.send([a_message(topic, "k", "v")._replace(headers=(("kind", b"tuple"),))])
    await sender.close()
    assert isinstance(outcome, Sent)


async def test_events_of_one_key_arrive_in_order(rig: Rig) -> None:
    topic = await rig.topic(4)
    sender = rig.bus.sender()
    for batch in range(5):
        pairs = [(str(key), f"{batch * 10 + n}") for n in range(10) for key in range(8)]
        outcomes = await sender.send([a_message(topic, key, value) for key, value in pairs])
        assert all(isinstance(outcome, Sent) for outcome in outcomes)
    await sender.close()
    consumer = rig.bus.consumer(a_group(), [topic])
    await consumer.start()
    records = await read(consumer, 400)
    await stop(consumer)
    for key in range(8):
        assert values(records, str(key)) == [str(n) for n in range(50)]
    assert len({record.partition for record in records}) > 1


async def test_what_was_not_acknowledged_is_delivered_again(rig: Rig) -> None:
    topic, group = await rig.topic(1), a_group()
    await sent(rig, topic, *((f"k{n}", str(n)) for n in range(6)))
    first = rig.bus.consumer(group, [topic])
    await first.start()
    await read(first, 6)
    await first.commit({TopicPartition(topic, 0): 2})
    await stop(first)
    second = rig.bus.consumer(group, [topic])
    await second.start()
    assert values(await read(second, 4)) == ["2", "3", "4", "5"]
    assert await second.committed(TopicPartition(topic, 0)) == 2
    await stop(second)


async def test_a_failing_record_is_repeated_in_place_and_the_rest_goes_on(rig: Rig) -> None:
    topic = await rig.topic(1)
    await sent(rig, topic, *(("k", str(n)) for n in range(5)))
    consumer = rig.bus.consumer(a_group(), [topic])
    await consumer.start()
    lane, failures = TopicPartition(topic, 0), 2
    done: list[str] = []
    async with asyncio.timeout(30):
        while len(done) < 5:
            for record in (await consumer.getmany(timeout_ms=200)).get(lane, ()):
                if record.value == b"2" and failures:
                    failures -= 1
                    consumer.seek(lane, record.offset)
                    break
                done.append((record.value or b"").decode())
    await stop(consumer)
    assert done == ["0", "1", "2", "3", "4"]


async def test_a_send_that_fails_harms_neither_others_nor_the_next(rig: Rig) -> None:
    topic = await rig.topic(2)
    sender = rig.bus.sender()
    huge = "x" * (3 << 20)
    outcomes = await sender.send([a_message(topic, "a", "1"), a_message(topic, "b", huge), a_message(topic, "b", "2")])
    assert isinstance(outcomes[0], Sent)
    if isinstance(rig, RealRig):  # the others have no limit
        assert isinstance(outcomes[1], MessageRefused)
        assert isinstance(outcomes[2], SendFailed), "a later message of the key must not overtake"
    again = await sender.send([a_message(topic, "a", "3"), a_message(topic, "b", "4")])
    assert all(isinstance(outcome, Sent) for outcome in again)
    await sender.close()


async def test_a_sender_can_be_closed_while_it_sends(rig: Rig) -> None:
    topic = await rig.topic(1)
    sender = rig.bus.sender()
    sending = asyncio.create_task(sender.send([a_message(topic, "k", str(n)) for n in range(2000)]))
    await asyncio.sleep(0)
    async with asyncio.timeout(15):
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
        await asyncio.gather(sender.close(), sender.close())
    assert await sent(rig, topic, ("k", "after"))


async def test_a_consumer_can_be_closed_while_it_waits(rig: Rig) -> None:
    topic = await rig.topic(1)
    consumer = rig.bus.consumer(a_group(), [topic])
    await consumer.start()
    waiting = asyncio.create_task(_forever(consumer))
    await asyncio.sleep(0.1)
    await asyncio.gather(stop(consumer), stop(consumer))
    waiting.cancel()
    await asyncio.wait({waiting}, timeout=10)
    assert waiting.done()


async def _forever(consumer: Consumer) -> None:
    while True:
        await consumer.getmany(timeout_ms=1000)
        await asyncio.sleep(0)


async def test_it_goes_on_after_the_broker_was_away(rig: Rig) -> None:
    topic = await rig.topic(1)
    consumer = rig.bus.consumer(a_group(), [topic])
    await consumer.start()
    sender = rig.bus.sender()
    assert isinstance((await sender.send([a_message(topic, "k", "before")]))[0], Sent)
    assert values(await read(consumer, 1)) == ["before"]
    await rig.down()
    with pytest.raises(BusUnavailable):
        await rig.bus.cluster_id()
    sending = asyncio.create_task(_persistently(sender, a_message(topic, "k", "after")))
    await asyncio.sleep(1)
    assert not sending.done()
    await rig.up()
    async with asyncio.timeout(60):
        await sending
    seen: list[Record] = []
    async with asyncio.timeout(60):
        while not seen:
            seen += [r for records in (await consumer.getmany(timeout_ms=200)).values() for r in records]
    assert set(values(seen)) == {"after"}
    await sender.close()
    await stop(consumer)


async def _persistently(sender: Any, message: Any) -> None:
    while not isinstance((await sender.send([message]))[0], Sent):
        await asyncio.sleep(0.1)


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        self.calls.append(("revoked", len(revoked)))

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        self.calls.append(("assigned", len(assigned)))


async def test_a_listener_is_told_what_is_assigned_and_revoked(rig: Rig) -> None:
    topic, listener = await rig.topic(3), Listener()
    consumer = rig.bus.consumer(a_group(), [topic], listener)
    await consumer.start()

    async def assigned() -> bool:
        await consumer.getmany(timeout_ms=50)
        return ("assigned", 3) in listener.calls

    await until(assigned, seconds=30)
    assert len(consumer.assignment()) == 3
    await stop(consumer)


async def test_a_group_shares_its_partitions_and_takes_over(rig: Rig) -> None:
    topic, group = await rig.topic(4), a_group()
    members = [await rig.member(group, topic) for _ in range(2)]
    wanted = 0

    async def everything() -> bool:
        return len({value for member in members for *_, value in member.seen}) >= wanted

    async def both_work() -> bool:
        nonlocal wanted
        await sent(rig, topic, *((f"k{wanted + n}", f"v{wanted + n}") for n in range(20)))
        wanted += 20
        await asyncio.sleep(0.3)
        return all(member.seen for member in members)

    try:
        await until(both_work, seconds=60)
        await until(everything, seconds=60)
        await members[0].stop()
        await sent(rig, topic, *((f"k{wanted + n}", f"v{wanted + n}") for n in range(20)))
        wanted += 20
        await until(everything, seconds=60)
        await members[1].kill()
    finally:
        for member in members:
            with suppress(ProcessLookupError):
                await member.stop()
    for member in members:
        for partition in range(4):
            first_seen = list(dict.fromkeys(offset for number, offset, *_ in member.seen if number == partition))
            assert first_seen == sorted(first_seen), "what was not acknowledged may come again, but nothing overtakes"


async def test_an_unreadable_record_is_put_aside_with_its_bytes_before_it_is_acknowledged(rig: Rig) -> None:
    topic, group = await rig.topic(1), a_group()
    aside = await rig.topic(1, dead_letter_topic(topic, group))
    await sent(rig, topic, ("k", "fine"), ("k", "\x00bad"), ("k", "fine too"))
    consumer = rig.bus.consumer(group, [topic])
    await consumer.start()
    done = []
    for record in await read(consumer, 3):
        value = (record.value or b"").decode()
        if value.startswith("\x00"):
            await sent(rig, aside, ((record.key or b"").decode(), value))
        else:
            done.append(value)
        await consumer.commit({TopicPartition(topic, 0): record.offset + 1})
    await stop(consumer)
    reader = rig.bus.consumer(None)
    reader.assign([TopicPartition(aside, 0)])
    await reader.start()
    (letter,) = await read(reader, 1)
    await stop(reader)
    assert done == ["fine", "fine too"]
    assert (letter.key, letter.value) == (b"k", b"\x00bad")
    assert await rig.bus.group_offsets(group, [TopicPartition(topic, 0)]) == {TopicPartition(topic, 0): (3, "")}


async def test_a_topic_can_be_replayed_from_the_beginning(rig: Rig) -> None:
    topic, group = await rig.topic(2), a_group()
    await sent(rig, topic, *((f"k{n % 3}", str(n)) for n in range(30)))
    consumer = rig.bus.consumer(group, [topic])
    await consumer.start()
    first = await read(consumer, 30)
    await consumer.seek_to_beginning(*consumer.assignment())
    second = await read(consumer, 30)
    await stop(consumer)
    for key in ("k0", "k1", "k2"):
        assert values(first, key) == values(second, key)


async def test_offsets_and_ends_are_told_without_reading(rig: Rig) -> None:
    topic, group = await rig.topic(2), a_group()
    await sent(rig, topic, *((f"k{n}", str(n)) for n in range(10)))
    lanes = [TopicPartition(topic, 0), TopicPartition(topic, 1)]
    assert sum((await rig.bus.end_offsets(topic)).values()) == 10
    assert await rig.bus.partitions(topic) == 2
    assert await rig.bus.group_offsets(group, lanes) == {}
    consumer = rig.bus.consumer(group)
    consumer.assign(lanes)
    await consumer.start()
    await read(consumer, 10)
    await consumer.commit({lanes[0]: (1, "reading")})
    assert await rig.bus.group_offsets(group, lanes) == {lanes[0]: (1, "reading")}
    await stop(consumer)


async def test_the_cluster_says_who_it_is(rig: Rig) -> None:
    assert await rig.bus.cluster_id() == await rig.bus.cluster_id() != ""
