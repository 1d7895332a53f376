"""Order in which changes of areas are followed: a change before those that take over what it made."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Protocol, TypeVar

K = TypeVar("K", bound=Hashable)


class Succession(Protocol):
    """What became of an area or a grid."""

    @property
    def origin(self) -> str: ...
    @property
    def to(self) -> str | None: ...


def in_order(new: Collection[K], known: Mapping[K, Iterable[Succession]]) -> list[K]:
    """The new ones, and those of the known ones that stand on them, each after all on which it stands.

    A code ends once, so that nothing goes round. Vector: A → B, then B → C, heard the other way round: A → B, B → C.
    """
    origins = {key: {one.origin for one in made} for key, made in known.items()}
    targets = {key: {one.to for one in made if one.to is not None} for key, made in known.items()}
    after: dict[K, set[K]] = {key: set() for key in new}
    queue = list(new)
    while queue:
        key = queue.pop()
        for other in known:
            if other != key and not origins[other].isdisjoint(targets[key]):
                if other not in after:
                    queue.append(other)
                after.setdefault(other, set()).add(key)
    return list(TopologicalSorter(after).static_order())


def backwards(new: Collection[K], known: Mapping[K, Iterable[Succession]]) -> list[K]:
    """The same for changes that are undone: each after all that stood on it."""
    return in_order(new, {key: [_Back(one.to, one.origin) for one in made if one.to] for key, made in known.items()})


@dataclass(frozen=True, slots=True)
class _Back:
    origin: str
    to: str | None
