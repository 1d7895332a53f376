"""Identifiers: UUIDv7 made by the application, and name-based ids of events."""

import os
import time
from hashlib import sha1
from uuid import UUID

EVENT_NAMESPACE = UUID("8d7c2c0e-5b1a-5f0b-9a39-3c1b1f1f6c11")

_NAMESPACE = EVENT_NAMESPACE.bytes
_KEPT = (1 << 128) - 1 - (0xF << 76) - (0b11 << 62)
_FIFTH = 0x5 << 76 | 0b10 << 62
"""Version and variant of a name-based UUID, and the bits that are the digest's."""


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
    """The id of an event, a UUIDv5: the same aggregate, sequence, revision and fact always give the same id."""
    name = f"{fact}|{subject}|{sequence}|{revision}".encode()
    digest = sha1(_NAMESPACE + name, usedforsecurity=False).digest()  # as uuid5() does, in half the time
    return UUID(int=int.from_bytes(digest[:16]) & _KEPT | _FIFTH)
