"""Reader of the chart's values.yaml: every documented value with its path, default and comment.

A comment that stands directly above a key, at its indentation, describes it. What stands below a described key without
comments of its own belongs to it (a list, an object of Kubernetes).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parent / "xiangli"
_KEY = re.compile(r"^( *)([A-Za-z][A-Za-z0-9]*):")


@dataclass(frozen=True)
class Value:
    """One documented value. `path` is dotted; a group has other values below it."""

    path: str
    description: str
    default: Any
    group: bool


def defaults() -> dict[str, Any]:
    """Content of values.yaml."""
    read: dict[str, Any] = yaml.load((CHART / "values.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return read


def described() -> list[Value]:
    """Every value with a comment, in the order of the file."""
    found = list(_comments((CHART / "values.yaml").read_text(encoding="utf-8")))
    paths = [path for path, _ in found]
    values = defaults()
    return [
        Value(path, comment, at(values, path), any(other.startswith(path + ".") for other in paths))
        for path, comment in found
    ]


def at(values: Any, path: str) -> Any:
    """The value at a dotted path. Raises KeyError."""
    for name in path.split("."):
        values = values[name]
    return values


def leaves(values: dict[str, Any], ends: frozenset[str], path: str = "") -> Iterator[str]:
    """Dotted paths of all values that are no group: scalars, lists, empty objects, and what `ends` names."""
    for name, value in values.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, dict) and value and here not in ends:
            yield from leaves(value, ends, here)
        else:
            yield here


def _comments(text: str) -> Iterator[tuple[str, str]]:
    stack: list[tuple[int, str]] = []
    comment: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            comment.append(stripped.lstrip("#").strip())
            continue
        match = _KEY.match(line)
        if match is not None:
            indent = len(match[1])
            while stack and stack[-1][0] >= indent:
                stack.pop()
            stack.append((indent, match[2]))
            if comment:
                yield ".".join(name for _, name in stack), " ".join(comment)
        comment = []
