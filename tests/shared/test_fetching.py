"""A record that the client cannot take apart is skipped and told; nothing before, after or beside it is lost."""

from collections.abc import Mapping, Sequence

import pytest
from aiokafka.errors import KafkaConnectionError, UnsupportedCodecError
from aiokafka.structs import TopicPartition

from shared.messaging.bus.interface import Message, Record
from shared.messaging.reading.fetcher import Fetcher
from shared.testing.bus import MemoryBus, MemoryConsumer, MemoryRecord

TOPIC = "t"
BROKEN = b"broken"


class Client(MemoryConsumer):
    """Forgets what it has in hand when it fails, as aiokafka does: positions have moved, nothing is returned."""

    error: Exception = UnicodeDecodeError("utf-8", b"\xc3", 0, 1, "invalid")

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[MemoryRecord]]:
        fetched = await super().getmany(*partitions, timeout_ms=timeout_ms, max_records=max_records)
        if any(record.value == BROKEN for part in fetched.values() for record in part):
            raise self.error
        return fetched


async def a_client(values: Sequence[bytes], partitions: int = 3) -> Client:
    bus = MemoryBus({TOPIC: partitions})
    for value in values:
        await bus.append(Message(TOPIC, value[-1:], value, [], 0))
    client = Client(bus, "g", [TOPIC], None, 500)
    await client.start()
    return client


async def read(client: Client, rounds: int = 60) -> list[Record]:
    fetcher = Fetcher(poll=0.001, batch=500)
    found: list[Record] = []
    for _ in range(rounds):
        for part in (await fetcher.fetch(client)).values():
            found += part
    return found


@pytest.mark.parametrize(
    "error", [Client.error, UnsupportedCodecError(), RuntimeError(), EOFError()], ids=lambda e: type(e).__name__
)
async def test_every_other_record_arrives_once_and_the_broken_one_by_its_place(error: Exception) -> None:
    values = [b"%d" % number for number in range(40)]
    for place in (0, 7, 8, 25, 42):
        values.insert(place, BROKEN)
    client = await a_client(values)
    client.error = error
    found = await read(client)
    assert sorted(record.value for record in found if record.value is not None) == sorted(
        value for value in values if value != BROKEN
    )
    nothing = [record for record in found if record.value is None]
    assert len(nothing) == 5
    assert all(record.key is None and record.headers == () for record in nothing)
    places = [(record.partition, record.offset) for record in found]
    assert len(set(places)) == len(places) == 45
    for partition in range(3):
        offsets = [record.offset for record in found if record.partition == partition]
        assert offsets == list(range(len(offsets)))


async def test_what_the_bus_raises_is_not_taken_for_a_record() -> None:
    client = await a_client([BROKEN])
    client.error = KafkaConnectionError()
    with pytest.raises(KafkaConnectionError):
        await Fetcher(poll=0.001, batch=500).fetch(client)


async def test_nothing_changes_where_nothing_is_broken() -> None:
    client = await a_client([b"1", b"2", b"3"], partitions=1)
    fetched = await Fetcher(poll=0.001, batch=2).fetch(client)
    assert [record.value for record in fetched[TopicPartition(TOPIC, 0)]] == [b"1", b"2"]


async def test_a_partition_that_is_assigned_while_records_are_fetched_is_read_and_has_not_jumped() -> None:
    """Somebody of the group died: its partitions come while the client waits for records, at whatever offset."""
    client = await a_client([b"1", b"2", b"3"], partitions=1)
    mine = client.assignment()
    client.assignment = frozenset  # type: ignore[method-assign]
    fetcher = Fetcher(poll=0.001, batch=2)
    fetched = await fetcher.fetch(client)
    assert [record.value for record in fetched[TopicPartition(TOPIC, 0)]] == [b"1", b"2"]
    assert fetcher.jumped == {}
    client.assignment = lambda: mine  # type: ignore[method-assign]
    assert [record.value for record in (await fetcher.fetch(client))[TopicPartition(TOPIC, 0)]] == [b"3"]
    assert fetcher.jumped == {}
