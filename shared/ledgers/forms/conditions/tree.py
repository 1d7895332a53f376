"""A condition as a tree: what the reader of either language makes, and the writer of the other takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


class Unsaid(Exception):
    """The other language cannot say it, or it cannot be read. `reason` is Chinese, for the one who wrote it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Literal:
    """Text, a number, a truth value, a day, or null."""

    value: str | int | Decimal | bool | date | None


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What a field of the record holds; `name` is None for the value of the question that the condition stands at."""

    name: str | None


@dataclass(frozen=True, slots=True)
class Today:
    """The day on which it is asked."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Two parts under one operator: `and or == != < <= > >= + - *`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Negated:
    """Not so."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A field with several choices holds this one."""

    field: FieldValue
    choice: str


Node = Literal | FieldValue | Today | Joined | Negated | Chosen


def fields_in(node: Node) -> Iterator[str | None]:
    """The names of the fields that a condition reads."""
    match node:
        case FieldValue(name):
            yield name
        case Chosen(field, _):
            yield field.name
        case Negated(part):
            yield from fields_in(part)
        case Joined(_, left, right):
            yield from fields_in(left)
            yield from fields_in(right)
        case _:
            return


def is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None


def negation(node: Node) -> Node:
    """The opposite, without two negations in a row."""
    return node.part if isinstance(node, Negated) else Negated(node)
