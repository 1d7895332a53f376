"""Facts of nouns that several owners have alike: the classes are made from one table of lines."""

from collections.abc import Sequence
from types import new_class
from typing import Any, ClassVar, TypeVar

from shared.contracts.envelope import Fact, State

S = TypeVar("S", bound=State)

FactLine = tuple[str, str, dict[str, Any], dict[str, Any]]
"""Last word of the type, docstring, example, and what the fact carries beside the state: type and field by name."""


def facts_of(state: type[S], lines: Sequence[FactLine]) -> dict[str, type[Fact[S]]]:
    """The classes of the facts of a noun, by their last word. Raises `TypeError` if they exist already."""
    return {word: _fact(state, word, meaning, example, carried) for word, meaning, example, carried in lines}


def _fact(state: type[S], word: str, meaning: str, example: dict[str, Any], carried: dict[str, Any]) -> type[Fact[S]]:
    def body(namespace: dict[str, Any]) -> None:
        namespace |= {
            "__doc__": meaning,
            "__module__": state.__module__,
            "__annotations__": {
                "type": ClassVar[str],
                "example": ClassVar[dict[str, Any]],
                **{name: kind for name, (kind, _) in carried.items()},
            },
            "type": f"{state.noun}.{word}",
            "example": example,
            **{name: field for name, (_, field) in carried.items()},
        }

    return new_class(f"{state.__name__.removesuffix('State')}{_joined(word)}", (Fact[state],), {}, body)  # type: ignore[valid-type]


def _joined(word: str) -> str:
    """`rolled_back` → `RolledBack`."""
    return "".join(part.capitalize() for part in word.split("_"))
