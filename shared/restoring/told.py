"""What the bus holds of a service's own nouns in versions that its database does not know."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.structs import TopicPartition
from sqlalchemy import Select, Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import Database
from shared.messaging.bus.interface import BUS_ERRORS, Bus, BusUnavailable, Record
from shared.messaging.bus.tasks import stop_within
from shared.messaging.projection.decode import ReadableRecord, decode
from shared.reconciliation.repository import own_versions

SILENCE = 60.0
"""Seconds for which a broker that holds more may say nothing."""
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Told:
    """Version of an aggregate that was told, and that its owner does not know. `owned`: its own version; None: none.

    `data`: the fact as it was told, for an aggregate that is not known at all.
    """

    aggregate: str
    version: int
    owned: int | None
    data: str


@dataclass
class ToldNoun:
    """What was told of one noun: what is ahead, the records read, and the highest revision among them."""

    ahead: dict[str, Told] = field(default_factory=dict)
    records: int = 0
    revision: int = 0

    @property
    def lost(self) -> Sequence[Told]:
        """Aggregates that came about after the point of the backup, in the order of their ids."""
        return sorted((one for one in self.ahead.values() if one.owned is None), key=lambda one: one.aggregate)

    @property
    def rewound(self) -> Sequence[Told]:
        """Aggregates of which later versions were told, in the order of their ids."""
        return sorted((one for one in self.ahead.values() if one.owned is not None), key=lambda one: one.aggregate)


async def told_of(bus: Bus, database: Database, noun: str, topic: str, aggregates: Select[Any]) -> ToldNoun:
    """Read a noun's topic to its present end and compare it with the service's own table.

    What was told is ahead if its version is higher than the one in the table, or stands for nothing there. After a
    record that takes back what was told before, only what was told since counts. Raises BusUnavailable.
    """
    found = ToldNoun()
    async for records in _read(bus, topic):
        items = [one for one in (decode(record, noun) for record in records) if isinstance(one, ReadableRecord)]
        async with database.session() as session:
            owned = await _owned(session, aggregates, sorted({one.aggregate for one in items}))
        for item in items:
            found.records += 1
            found.revision = max(found.revision, item.order[1])
            _compare(found.ahead, item, owned.get(item.aggregate))
    return found


def _compare(ahead: dict[str, Told], item: ReadableRecord, owned: int | None) -> None:
    if item.overrides:
        ahead.pop(item.aggregate, None)
    if item.forgotten:
        return
    known = ahead.get(item.aggregate)
    if item.order[0] > (owned or 0) and (known is None or item.order[0] >= known.version):
        ahead[item.aggregate] = Told(item.aggregate, item.order[0], owned, item.data)


async def _owned(session: AsyncSession, aggregates: Select[Any], ids: Sequence[str]) -> Mapping[str, int]:
    """Own versions of these aggregates."""
    own = own_versions(aggregates).subquery()
    subject = cast(own.c.subject, Text)
    rows = await session.execute(select(subject, own.c.version).where(subject.in_(ids)))
    return {subject: int(version) for subject, version in rows}


async def _read(bus: Bus, topic: str) -> AsyncIterator[Sequence[Record]]:
    """All records of a topic up to its present end, those of one partition in their order."""
    ends = {lane: end for lane, end in (await bus.end_offsets(topic)).items() if end > 0}
    if not ends:
        return
    consumer = bus.consumer(None, max_poll_records=BATCH)
    try:
        async with asyncio.timeout(SILENCE):
            await consumer.start()
            consumer.assign(list(ends))  # aiokafka takes no mapping
            await consumer.seek_to_beginning(*ends)
        while left := [lane for lane, end in ends.items() if await _position(consumer, lane) < end]:
            async with asyncio.timeout(SILENCE):
                fetched = await consumer.getmany(*left, timeout_ms=300, max_records=BATCH)
            records = [record for part in fetched.values() for record in part]
            if records:
                yield records
    except BUS_ERRORS as error:
        raise BusUnavailable(f"{topic}: {error!r}") from error
    finally:
        await stop_within(consumer.stop(), 5)


async def _position(consumer: Any, lane: TopicPartition) -> int:
    async with asyncio.timeout(SILENCE):
        position: int = await consumer.position(lane)
        return position
