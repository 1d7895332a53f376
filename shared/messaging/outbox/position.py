"""Position: the aggregate versions that a write made (a version vector), as an opaque token for read-your-writes."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

import orjson

from shared.crypto.keyring import KeyRing
from shared.crypto.opaque import OpaqueTokens
from shared.crypto.service import CannotOpen
from shared.errors import DomainError, ErrorKind
from shared.settings import ServiceSettings, parse_keys

MAX_TEXT = 16_384
WORTH_PACKING = 512
"""Bytes from which on a position is compressed."""


class InvalidPosition(DomainError):
    """Refusal: the text is no position that a service of this county gave out. The same whatever it names."""

    kind, code, title = ErrorKind.INVALID, "invalid_position", "位置标记无效"
    advice = "请刷新后重试；开发人员请原样带回 Xiangli-Position"


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
            if sequence >= highest.get(key, sequence):
                highest[key] = sequence
        return cls(frozenset([Reached(noun, aggregate, sequence) for (noun, aggregate), sequence in highest.items()]))

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


class Positions:
    """Sealer of positions, with keys that all services of a county share: each opens what another gave out.

    Nobody else makes a position or reads one, so that a caller waits only for what was truly written, and an invented
    position says nothing about what exists.
    """

    __slots__ = ("_tokens",)

    def __init__(self, keys: KeyRing) -> None:
        self._tokens = OpaqueTokens(keys, purpose="position")

    @classmethod
    def from_settings(cls, settings: ServiceSettings) -> Self:
        """The key ring of a service's settings."""
        return cls(
            KeyRing(parse_keys(settings.position_keys.get_secret_value(), length=16, name="XIANGLI_POSITION_KEYS"))
        )

    def seal(self, position: Position) -> str:
        """Opaque text, base64url without padding. Empty for the empty set."""
        if not position.entries:
            return ""
        plain = orjson.dumps(list(map(list, position.entries)))
        return self._tokens.seal(plain if len(plain) < WORTH_PACKING else zlib.compress(plain, 6))

    def open(self, token: str) -> Position:
        """Position of a token of `seal()`. Raises InvalidPosition on anything else."""
        if not token:
            return Position()
        if len(token) > MAX_TEXT:
            raise InvalidPosition
        try:
            plain = self._tokens.open(token)
            entries = orjson.loads(plain if plain.startswith(b"[") else zlib.decompress(plain))
        except CannotOpen:
            raise InvalidPosition from None
        return Position.of((noun, aggregate, sequence) for noun, aggregate, sequence in entries)
