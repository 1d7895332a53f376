"""Pending table: records that refer to an aggregate that has not arrived yet wait here for it."""

from collections import Counter
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Index, LargeBinary, SmallInteger, Text, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.contracts.catalogue import counted_as
from shared.db.base import KitBase
from shared.db.sealing import unkeyed


class PendingRecord(KitBase):
    """Pending record: the newest early record of an aggregate, as it came, and what it waits for.

    Older ones are superseded by it.
    """

    __tablename__ = "pending"
    __table_args__ = (Index(None, "waits_noun", "waits_aggregate"), Index(None, "since"))

    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    noun: Mapped[str] = mapped_column(primary_key=True)
    aggregate: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(BigInteger)
    waits_noun: Mapped[str]
    waits_aggregate: Mapped[str]
    topic: Mapped[str]
    partition: Mapped[int]
    record_offset: Mapped[int] = mapped_column(BigInteger)
    record_key: Mapped[bytes | None] = unkeyed("key of a record of the bus")
    record_value: Mapped[bytes | None] = unkeyed("a record of the bus")
    header_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    header_values: Mapped[list[bytes]] = unkeyed("headers of a record of the bus", type=ARRAY(LargeBinary))
    since: Mapped[datetime]


async def count_pending(session: AsyncSession) -> Counter[str]:
    """How many wait of each noun, by the name under which metrics count it."""
    counted = await session.execute(select(PendingRecord.noun, func.count()).group_by(PendingRecord.noun))
    waiting: Counter[str] = Counter()
    for noun, count in counted.tuples():
        waiting[counted_as(noun)] += count
    return waiting
