"""The hash chain of the access log. Batch hash = SM3(previous hash ‖ canonical form of the batch and its rows)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from cryptography.hazmat.primitives import hashes

from shared.auth.access_entries import AccessEntry

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Head:
    """Head of a writer's hash chain at the instant `at`.

    Announced outside the database, so that a tail cut off inside it shows.
    """

    writer: str
    number: int
    hash: bytes
    at: datetime | None = None  # None before the first batch


def batch_hash(head: Head, at: datetime, entries: Sequence[AccessEntry]) -> bytes:
    """Hash of the batch that follows `head`. Times count to the microsecond, as PostgreSQL keeps them."""
    canonical = orjson.dumps(
        [head.writer, head.number + 1, _time(at), len(entries), [_row(entry) for entry in entries]],
    )
    digest = hashes.Hash(hashes.SM3())
    digest.update(head.hash)
    digest.update(canonical)
    return digest.finalize()


def _time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _row(entry: AccessEntry) -> list[str | None]:
    return [
        _time(entry.at),
        entry.subject,
        entry.role,
        entry.purpose,
        entry.action,
        entry.noun,
        entry.object_id,
        entry.area,
        entry.detail,
        entry.result,
        entry.request_id,
    ]
