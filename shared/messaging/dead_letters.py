"""The parking table: records that could not be taken, and the later ones of the same key that wait behind them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

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


class LetterStatus(StrEnum):
    DEAD = "dead"  # could not be taken
    PARKED = "parked"  # waits behind a dead one of its key
    REPLAYED = "replayed"
    DROPPED = "dropped"


class DeadLetter(KitBase):
    """One record with its bytes as they came (`sealed`: encrypted, inbound topics). The topic only announces it."""

    __tablename__ = "dead_letters"
    __table_args__ = (
        CheckConstraint("status IN ('dead', 'parked', 'replayed', 'dropped')", name="status"),
        # the same record read again, after a crash or from a new broker, is the same letter
        UniqueConstraint("consumer_group", "topic", "fingerprint"),
        Index("ix_dead_letters_open", "topic", "record_key", postgresql_where=text("status IN ('dead', 'parked')")),
        Index(
            "ix_dead_letters_unannounced",
            "number",
            postgresql_where=text("announced_at IS NULL AND status = 'dead'"),
        ),
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


class ParkedKey(KitBase):
    """A key whose later records wait, because an earlier one was refused by a rule."""

    __tablename__ = "parked_keys"

    topic: Mapped[str] = mapped_column(primary_key=True)
    record_key: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[datetime]
