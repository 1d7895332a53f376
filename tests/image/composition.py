"""deploy/compose.yaml as the tests look at it: its text, and the same with every variable replaced."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "deploy/compose.yaml"
TEXT = FILE.read_text(encoding="utf-8")
VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?::([-?])([^}]*))?\})")


def required() -> set[str]:
    """The variables without which nothing starts."""
    return {found[1] for found in VARIABLE.finditer(TEXT) if found[2] == "?"}


def optional() -> set[str]:
    """Those with a default."""
    return {found[1] for found in VARIABLE.finditer(TEXT) if found[2] == "-"}


def raw() -> dict[str, Any]:
    """The file as YAML, merge keys resolved."""
    found: dict[str, Any] = yaml.load(TEXT, yaml.CSafeLoader)
    return found


def resolved(values: Mapping[str, str]) -> dict[str, Any]:
    """As an engine reads it. Raises KeyError for a required variable without a value."""

    def replace(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        return values.get(match[1]) or match[3] if match[2] == "-" else values[match[1]]

    def walk(node: Any) -> Any:
        if isinstance(node, str):
            return VARIABLE.sub(replace, node)
        if isinstance(node, list):
            return [walk(item) for item in node]
        return {key: walk(value) for key, value in node.items()} if isinstance(node, dict) else node

    found: dict[str, Any] = walk(raw())
    return found
