"""Position: the aggregate versions that a write made (a version vector), as an opaque token for read-your-writes."""

import base64
import binascii
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import orjson

from shared.errors import DomainError, ErrorKind

MAX_TEXT = 16_384
MAX_PLAIN = 262_144


class InvalidPosition(DomainError):
    """Refusal: the text is no position that we gave out."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "invalid_position"
    title: ClassVar = "位置标记无效"
    advice: ClassVar = "请刷新后重试；开发人员请原样带回 Xiangli-Position"


class Reached(NamedTuple):
    """Version of one aggregate."""

    noun: str
    id: str
    sequence: int


@dataclass(frozen=True)
class Position:
    """Version vector: a set of aggregate versions. An empty one is reached by every reader."""

    entries: frozenset[Reached] = frozenset()

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str, int]]) -> Self:
        """Position of these `(noun, id, sequence)`; of one aggregate the highest counts."""
        highest: dict[tuple[str, str], int] = {}
        for noun, aggregate, sequence in entries:
            key = (noun, str(aggregate))
            highest[key] = max(sequence, highest.get(key, sequence))
        return cls(frozenset(Reached(noun, aggregate, sequence) for (noun, aggregate), sequence in highest.items()))

    def add(self, noun: str, aggregate: str, sequence: int) -> Self:
        """Position with one version more."""
        return self.of([*self.entries, (noun, aggregate, sequence)])

    def merge(self, other: "Position") -> Self:
        """Union: reached when both are reached."""
        return self.of([*self.entries, *other.entries])

    def __or__(self, other: "Position") -> Self:
        return self.merge(other)

    def __bool__(self) -> bool:
        return bool(self.entries)

    def encode(self) -> str:
        """Token: opaque base64url without padding; the same set always gives the same text.

        Empty text for the empty set.
        """
        if not self.entries:
            return ""
        plain = orjson.dumps([list(entry) for entry in sorted(self.entries)])
        return base64.urlsafe_b64encode(zlib.compress(plain, 6)).rstrip(b"=").decode()

    @classmethod
    def parse(cls, encoded: str) -> Self:
        """Parse a token of `encode()`. Raises InvalidPosition on anything else."""
        if not encoded:
            return cls()
        if len(encoded) > MAX_TEXT:
            raise InvalidPosition
        try:
            packed = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
            inflate = zlib.decompressobj()
            plain = inflate.decompress(packed, MAX_PLAIN)
            if not inflate.eof:  # cut off, or larger than any position of ours
                raise InvalidPosition
            entries = orjson.loads(plain)
        except (binascii.Error, zlib.error, ValueError) as error:
            raise InvalidPosition from error
        if not isinstance(entries, list) or not all(map(_is_entry, entries)):
            raise InvalidPosition
        return cls.of((noun, aggregate, sequence) for noun, aggregate, sequence in entries)


def _is_entry(entry: object) -> bool:
    match entry:
        case [str(), str(), int(sequence)]:
            return not isinstance(sequence, bool) and 0 < sequence < 2**63
        case _:
            return False
