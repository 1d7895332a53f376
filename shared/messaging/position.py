"""Where a write stands, so that a reader elsewhere can wait for it."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import orjson


@dataclass(frozen=True)
class Position:
    """Aggregate versions: `(noun, id, sequence)`. Opaque to clients."""

    entries: frozenset[tuple[str, str, int]] = frozenset()

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str, int]]) -> Self:
        """Keeps the highest version of each aggregate."""
        highest: dict[tuple[str, str], int] = {}
        for noun, key, sequence in entries:
            highest[noun, key] = max(sequence, highest.get((noun, key), 0))
        return cls(frozenset((noun, key, sequence) for (noun, key), sequence in highest.items()))

    def __bool__(self) -> bool:
        return bool(self.entries)

    def merge(self, other: "Position") -> "Position":
        return Position.of((*self.entries, *other.entries))

    def encode(self) -> str:
        """Base64url without padding; the same position always gives the same text."""
        return base64.urlsafe_b64encode(orjson.dumps(sorted(self.entries))).rstrip(b"=").decode()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError on what `encode` did not write."""
        try:
            entries = orjson.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
            return cls.of((str(noun), str(key), int(sequence)) for noun, key, sequence in entries)
        except (binascii.Error, orjson.JSONDecodeError, TypeError, ValueError) as error:
            raise ValueError("not a position") from error
