"""Dead-letter table: records that could not be processed, and later ones of the same key, parked behind them."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import orjson
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

from shared.contracts.catalogue import counted_as
from shared.crypto.service import Crypto
from shared.db.base import KitBase
from shared.db.sealing import blind_for_a_while, sealed, unkeyed
from shared.ids import new_id
from shared.messaging.bus.interface import Record
from shared.observability import metrics

SEALED_FIELD = "dead_letters.record"


class DeadLetterStatus(StrEnum):
    DEAD = "dead"  # could not be processed
    PARKED = "parked"  # waits behind a dead one of its key
    REPLAYED = "replayed"
    DROPPED = "dropped"


OPEN = (DeadLetterStatus.DEAD, DeadLetterStatus.PARKED)


@dataclass(frozen=True)
class Replayed:
    """Result of a replay. `stopped_at`: the dead letter that was refused again; those after it still wait."""

    processed: int
    stopped_at: UUID | None = None
    code: str | None = None


class DeadLetter(KitBase):
    """Dead letter: a record with its bytes as they came (`sealed`: encrypted, inbound topics).

    The topic only announces it.
    """

    __tablename__ = "dead_letters"
    __table_args__: Any = (
        CheckConstraint("status IN ('dead', 'parked', 'replayed', 'dropped')", name="status"),
        # the same record read again, after a crash or from a new broker, is the same dead letter
        UniqueConstraint("consumer_group", "topic", "fingerprint"),
        # by hash: a stranger's key may be longer than an entry of a b-tree
        Index(
            "ix_dead_letters_open",
            "record_key",
            postgresql_where=text("status IN ('dead', 'parked')"),
            postgresql_using="hash",
        ),
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
    record_key: Mapped[bytes | None] = unkeyed("key of a record of the bus")
    record_value: Mapped[bytes | None] = sealed(SEALED_FIELD, only="sealed")
    header_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    header_values: Mapped[list[bytes]] = unkeyed("headers of a record of the bus", type=ARRAY(LargeBinary))
    sealed: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    fingerprint: Mapped[bytes] = blind_for_a_while("the same record read again is then a second letter")
    noun: Mapped[str | None]
    aggregate: Mapped[str | None]
    code: Mapped[str]
    attempts: Mapped[int]
    status: Mapped[str]
    created_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class NewDeadLetter:
    """Dead letter that is to be stored."""

    record: Record
    code: str
    status: DeadLetterStatus = DeadLetterStatus.DEAD
    noun: str | None = None
    aggregate: str | None = None
    attempts: int = 1


class ParkedKey(KitBase):
    """Parked key: its later records wait, because an earlier one was refused by a rule."""

    __tablename__ = "parked_keys"

    topic: Mapped[str] = mapped_column(primary_key=True)
    record_key: Mapped[bytes] = unkeyed("key of a record of the bus", primary_key=True)
    since: Mapped[datetime]


def key_of(record: Record) -> bytes:
    """Key of a record in `parked_keys`; records without a key do not share one."""
    return record.key if record.key is not None else f"{record.partition}/{record.offset}".encode()


def fingerprint(record: Record) -> bytes:
    """Fingerprint of a record: the same at another offset, as a new broker gives it; `traceparent` does not count."""
    digest = sha256()
    event = next((value for name, value in record.headers if name.lower() == "ce_id"), None)
    for part in (record.key, record.value, event):
        digest.update(b"-" if part is None else b"%d:" % len(part) + part)
    return digest.digest()


_PUT_ASIDE = """
INSERT INTO dead_letters AS letter (id, consumer_group, topic, partition, record_offset, record_key, record_value,
  header_names, header_values, sealed, fingerprint, noun, aggregate, code, attempts, status, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (consumer_group, topic, fingerprint) DO UPDATE SET
  attempts = CASE WHEN excluded.status = 'dead' THEN letter.attempts + excluded.attempts ELSE letter.attempts END,
  code = CASE WHEN letter.status = 'dead' AND excluded.status = 'parked' THEN letter.code ELSE excluded.code END,
  settled_at = NULL,
  partition = excluded.partition, record_offset = excluded.record_offset,
  status = CASE WHEN letter.status = 'dead' THEN 'dead' ELSE excluded.status END
WHERE letter.status <> 'dropped'
RETURNING status
"""
_KNOWN = "SELECT fingerprint FROM dead_letters WHERE consumer_group = $1 AND topic = $2 AND fingerprint = ANY($3)"
_PARK = "INSERT INTO parked_keys (topic, record_key, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"


async def store_dead_letters(
    raw: asyncpg.Connection,
    group: str,
    letters: Iterable[NewDeadLetter],
    now: datetime,
    *,
    park: bool = False,
    crypto: Crypto | None = None,
) -> None:
    """Store dead letters with their bytes, in the caller's transaction. `park`: later records of their keys shall wait.

    A record that was stored before is the same dead letter; one that an operator dropped stays dropped, and parks
    nothing. With `crypto` (inbound topics: content is unknown) the bytes are sealed, key and headers included; a record
    is known again under every index key there is.
    """
    for letter in letters:
        record, letter_id = letter.record, new_id()
        if crypto is None:
            bytes_of = _plain_columns(record)
        else:
            marks = [key.digest for key in crypto.blind(SEALED_FIELD, fingerprint(record).hex())]
            known = await raw.fetchval(_KNOWN, group, record.topic, marks) if len(marks) > 1 else None
            bytes_of = _sealed_columns(record, crypto, letter_id, mark=known or marks[0])
        stored = await raw.fetchval(
            _PUT_ASIDE,
            letter_id,
            group,
            record.topic,
            record.partition,
            record.offset,
            *bytes_of,
            letter.noun,
            letter.aggregate,
            letter.code,
            letter.attempts,
            letter.status,
            now,
        )
        if stored is not None and park:
            await raw.execute(_PARK, record.topic, key_of(record), now)
        if stored == DeadLetterStatus.DEAD:
            metrics.DEAD_LETTERS.labels(counted_as(letter.noun), letter.code).inc()


def header_columns(record: Record) -> tuple[list[str], list[bytes]]:
    """header_names, header_values. A name's NUL has no place in PostgreSQL's text and is kept as U+FFFD."""
    return [name.replace("\0", "\ufffd") for name, _ in record.headers], [value for _, value in record.headers]


def _plain_columns(record: Record) -> tuple[Any, ...]:
    """record_key, record_value, header_names, header_values, sealed, fingerprint."""
    return record.key, record.value, *header_columns(record), False, fingerprint(record)


def _sealed_columns(record: Record, crypto: Crypto, letter_id: UUID, *, mark: bytes) -> tuple[Any, ...]:
    """The same of a sealed one. `mark` stands for the fingerprint: a keyed digest of it."""
    packed = {
        "key": _encoded(record.key),
        "value": _encoded(record.value),
        "headers": [(name, _encoded(value)) for name, value in record.headers],
    }
    sealed = crypto.seal(orjson.dumps(packed).decode(), field=SEALED_FIELD, owner=letter_id)
    return None, sealed, [], [], True, mark


def _encoded(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()


def _decoded(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text)


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """Record as stored in `pending` or `dead_letters`: the bytes as they came."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    timestamp: int = 0


def without_headers(record: Record) -> StoredRecord:
    """The record with what cannot break: place, key and value. The last resort's."""
    return StoredRecord(record.topic, record.partition, record.offset, record.key, record.value, ())


def stored(letter: DeadLetter) -> StoredRecord:
    """Record of a dead letter; of a sealed one only its topic, partition and offset."""
    headers = tuple(zip(letter.header_names, letter.header_values, strict=True))
    value = None if letter.sealed else letter.record_value
    return StoredRecord(letter.topic, letter.partition, letter.record_offset, letter.record_key, value, headers)


def opened(letter: DeadLetter, crypto: Crypto) -> StoredRecord:
    """Record of a dead letter, decrypted if it is sealed. Raises CannotOpen."""
    if not letter.sealed:
        return stored(letter)
    assert letter.record_value is not None
    packed = orjson.loads(crypto.open(letter.record_value, field=SEALED_FIELD, owner=letter.id))
    headers = tuple((name, _decoded(value) or b"") for name, value in packed["headers"])
    key, value = _decoded(packed["key"]), _decoded(packed["value"])
    return StoredRecord(letter.topic, letter.partition, letter.record_offset, key, value, headers)


def stored_record(row: asyncpg.Record) -> StoredRecord:
    """Record of a row that has the columns `topic, partition, record_*, header_*`."""
    return StoredRecord(
        row["topic"],
        row["partition"],
        row["record_offset"],
        row["record_key"],
        row["record_value"],
        tuple(zip(row["header_names"], row["header_values"], strict=True)),
    )
