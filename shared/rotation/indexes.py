"""Blind indexes that are made again for a new key: each noun says how, because it alone knows what they are of."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from shared.crypto.service import BlindKey, CannotOpen
from shared.messaging.context import UseCaseContext

Remake = Callable[[UseCaseContext, str | None, int], Awaitable[str | None]]
"""`(context, after, limit)` → where the next ones begin, None at the end. Rows that it reads are locked."""


@dataclass(frozen=True)
class BlindIndex:
    """How the digests of these tables are made under each key in use. It may be asked any number of times."""

    name: str
    tables: Collection[str]
    remake: Remake


One = TypeVar("One")
Content = TypeVar("Content")


def opened(rows: Iterable[One], read: Callable[[One], Content]) -> Sequence[tuple[One, Content]]:
    """The rows with what is sealed in them, but for those that no key opens: their digests stay as they are.

    The rotation counts and names those where it seals anew.
    """
    found = []
    for one in rows:
        try:
            found.append((one, read(one)))
        except CannotOpen:
            continue
    return found


def missing(held: Collection[tuple[str, bytes]], candidates: Iterable[Sequence[BlindKey]]) -> Sequence[BlindKey]:
    """Of texts that may be held, each under all keys in use: what is lacking of those that are held under one."""
    lacking: list[BlindKey] = []
    for keys in candidates:
        if any((key.key_id, key.digest) in held for key in keys):
            lacking += [key for key in keys if (key.key_id, key.digest) not in held]
    return lacking
