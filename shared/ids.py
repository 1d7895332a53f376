"""Identifiers: UUIDv7 made by the application, and name-based ids of events."""

import os
import time
from uuid import UUID, uuid5

EVENT_NAMESPACE = UUID("8d7c2c0e-5b1a-5f0b-9a39-3c1b1f1f6c11")


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then randomness, so that keys arrive almost sorted."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= ((random >> 62) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return UUID(int=value)


def event_id(subject: str, sequence: int, revision: int, fact: str) -> UUID:
    """The id of an event: the same aggregate, sequence, revision and fact always give the same id."""
    return uuid5(EVENT_NAMESPACE, f"{fact}|{subject}|{sequence}|{revision}")
