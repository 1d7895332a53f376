"""Progress of consumers: offsets and brokers, for lag, freshness, start offsets and the detection of a new broker."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Index, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase


class BrokerSeen(KitBase):
    """Broker (cluster id) that a relay last worked with."""

    __tablename__ = "broker_seen"

    reader: Mapped[str] = mapped_column(primary_key=True)
    cluster_id: Mapped[str]
    seen_at: Mapped[datetime]


class ConsumerProgress(KitBase):
    """Progress of one consumer group in one partition, written in the transaction of each batch.

    `position` is the next offset to read.
    """

    __tablename__ = "consumer_progress"
    __table_args__ = (Index(None, "noun"),)

    reader: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True)
    noun: Mapped[str]
    cluster_id: Mapped[str]
    position: Mapped[int] = mapped_column(BigInteger)
    end_offset: Mapped[int] = mapped_column(BigInteger)
    newest: Mapped[datetime | None]  # event time of the newest record applied
    updated_at: Mapped[datetime]


@dataclass(frozen=True)
class Freshness:
    """Freshness of a noun. `newest`: event time of the newest state applied (None: none yet).

    `lag`: records known to wait.
    """

    noun: str
    newest: datetime | None
    lag: int


async def fresh_through(session: AsyncSession, reader: str, nouns: Collection[str]) -> list[Freshness]:
    """Freshness per noun, in the order given, of what `reader` (the consumer group) applied."""
    lag = func.sum(func.greatest(ConsumerProgress.end_offset - ConsumerProgress.position, 0))
    statement = (
        select(ConsumerProgress.noun, func.max(ConsumerProgress.newest), lag)
        .where(ConsumerProgress.reader == reader, ConsumerProgress.noun.in_(nouns))
        .group_by(ConsumerProgress.noun)
    )
    found = {noun: Freshness(noun, newest, int(behind)) for noun, newest, behind in await session.execute(statement)}
    return [found.get(noun, Freshness(noun, None, 0)) for noun in nouns]


PROGRESS = """
    INSERT INTO consumer_progress AS known
      (reader, topic, partition, noun, cluster_id, position, end_offset, newest, updated_at)
    SELECT $1, topic, partition, noun, $2, position, end_offset, newest, $3
    FROM unnest($4::text[], $5::int[], $6::text[], $7::bigint[], $8::bigint[], $9::timestamptz[])
      AS now (topic, partition, noun, position, end_offset, newest)
    ON CONFLICT (reader, topic, partition) DO UPDATE SET
      cluster_id = excluded.cluster_id, position = excluded.position, end_offset = excluded.end_offset,
      newest = greatest(known.newest, excluded.newest), updated_at = excluded.updated_at
"""
