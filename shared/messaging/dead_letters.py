"""The parking table: records that could not be taken, and the later ones of the same key that wait behind them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase
from shared.ids import new_id
from shared.messaging.bus import Record
from shared.observability import metrics


class LetterStatus(StrEnum):
    DEAD = "dead"  # could not be taken
    PARKED = "parked"  # waits behind a dead one of its key
    REPLAYED = "replayed"
    DROPPED = "dropped"


class DeadLetter(KitBase):
    """One record with its bytes as they came (`sealed`: encrypted, inbound topics). The topic only announces it."""

    __tablename__ = "dead_letters"
    __table_args__: Any = (
        CheckConstraint("status IN ('dead', 'parked', 'replayed', 'dropped')", name="status"),
        # the same record read again, after a crash or from a new broker, is the same letter
        UniqueConstraint("consumer_group", "topic", "fingerprint"),
        Index("ix_dead_letters_open", "topic", "record_key", postgresql_where=text("status IN ('dead', 'parked')")),
        Index(
            "ix_dead_letters_unannounced",
            "number",
            postgresql_where=text("announced_at IS NULL AND status = 'dead'"),
        ),
        {"info": {"keep_by": "settled_at", "keep_days": 92}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))  # order of arrival, also within a key
    consumer_group: Mapped[str]
    topic: Mapped[str]
    partition: Mapped[int]
    record_offset: Mapped[int] = mapped_column(BigInteger)
    record_key: Mapped[bytes | None]
    record_value: Mapped[bytes | None]
    header_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    header_values: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    sealed: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    fingerprint: Mapped[bytes]
    noun: Mapped[str | None]
    aggregate: Mapped[str | None]
    code: Mapped[str]
    attempts: Mapped[int]
    status: Mapped[str]
    created_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Letter:
    """A record on its way into the table."""

    record: Record
    code: str
    status: LetterStatus = LetterStatus.DEAD
    noun: str | None = None
    aggregate: str | None = None
    attempts: int = 1


class ParkedKey(KitBase):
    """A key whose later records wait, because an earlier one was refused by a rule."""

    __tablename__ = "parked_keys"

    topic: Mapped[str] = mapped_column(primary_key=True)
    record_key: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[datetime]


def key_of(record: Record) -> bytes:
    """What a record's key is called in `parked_keys`; records without a key do not share one."""
    return record.key if record.key is not None else f"{record.partition}/{record.offset}".encode()


def fingerprint(record: Record) -> bytes:
    """The same for the same record at another offset, as a new broker gives it; `traceparent` does not count."""
    digest = sha256()
    event = next((value for name, value in record.headers if name.lower() == "ce_id"), None)
    for part in (record.key, record.value, event):
        digest.update(b"-" if part is None else b"%d:" % len(part) + part)
    return digest.digest()


_PUT_ASIDE = """
INSERT INTO dead_letters AS letter (id, consumer_group, topic, partition, record_offset, record_key, record_value,
  header_names, header_values, fingerprint, noun, aggregate, code, attempts, status, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (consumer_group, topic, fingerprint) DO UPDATE SET
  attempts = CASE WHEN excluded.status = 'dead' THEN letter.attempts + excluded.attempts ELSE letter.attempts END,
  code = CASE WHEN letter.status = 'dead' AND excluded.status = 'parked' THEN letter.code ELSE excluded.code END,
  settled_at = NULL,
  partition = excluded.partition, record_offset = excluded.record_offset,
  status = CASE WHEN letter.status = 'dead' THEN 'dead' ELSE excluded.status END
WHERE letter.status <> 'dropped'
RETURNING status
"""
_PARK = "INSERT INTO parked_keys (topic, record_key, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


async def put_aside(
    raw: asyncpg.Connection, group: str, letters: Iterable[Letter], now: datetime, *, park: bool = False
) -> None:
    """Stores records with their bytes, in the caller's transaction. `park`: later records of their keys shall wait.

    A record that was stored before is the same letter; one that an operator dropped stays dropped, and parks nothing.
    """
    for letter in letters:
        record = letter.record
        stored = await raw.fetchval(
            _PUT_ASIDE,
            new_id(),
            group,
            record.topic,
            record.partition,
            record.offset,
            record.key,
            record.value,
            [name for name, _ in record.headers],
            [value for _, value in record.headers],
            fingerprint(record),
            letter.noun,
            letter.aggregate,
            letter.code,
            letter.attempts,
            letter.status,
            now,
        )
        if stored is not None and park:
            await raw.execute(_PARK, record.topic, key_of(record), now)
        if stored == LetterStatus.DEAD:
            metrics.DEAD_LETTERS.labels(letter.noun or "", letter.code).inc()


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it lies in `pending` or `dead_letters`: the bytes as they came."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    timestamp: int = 0


def stored_record(row: asyncpg.Record) -> StoredRecord:
    """From a row that has the columns `topic, partition, record_*, header_*`."""
    return StoredRecord(
        row["topic"],
        row["partition"],
        row["record_offset"],
        row["record_key"],
        row["record_value"],
        tuple(zip(row["header_names"], row["header_values"], strict=True)),
    )
