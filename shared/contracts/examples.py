"""Examples for documents, made from the schemas: fields' own examples first, else a plausible value."""

import re
from collections.abc import Mapping
from typing import Any

from shared.contracts.county.submission import Submission
from shared.contracts.envelope import STATES, Fact, State, noun_of

UUID_EXAMPLE = "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"
FORMATS: Mapping[str, str] = {
    "uuid": UUID_EXAMPLE,
    "date": "2026-03-16",
    "date-time": "2026-03-16T10:00:00+08:00",
    "time": "10:00:00",
    "duration": "P1D",
    "uri": "urn:xiangli:example",
    "binary": "",
}
TEXTS = (
    "450481100201",
    "450481100201001",
    "450481100",
    "450481",
    "2026-03",
    "08",
    "1",
    "example",
    "A",
    "aaaaaaaaaaaaaaaaaaaa",
)
"""Tried in this order against a pattern and a length."""
DEPTH = 12
THIS_SERVICE = "{service}"
"""Stands in an example for the name of the service whose document it is."""


def sample(message: type[Fact[Any]] | type[Submission]) -> dict[str, Any]:
    """Example of a message's value: the state's own examples, and what the fact says is otherwise when it happens."""
    if issubclass(message, Submission):
        return dict(message.example)
    kind: type[State] = STATES[noun_of(message.type)]
    schema = kind.model_json_schema(mode="serialization")
    usual = example(schema, schema.get("$defs", {}), whole=True)
    return {**message.example, "state": {**usual, **message.example.get("state", {})}}


def of_service(document: Any, service: str) -> Any:
    """The document with the service's name in the place of `THIS_SERVICE`."""
    if isinstance(document, dict):
        return {key: of_service(value, service) for key, value in document.items()}
    if isinstance(document, list):
        return [of_service(value, service) for value in document]
    return service if document == THIS_SERVICE else document


def example(schema: Mapping[str, Any], components: Mapping[str, Any], *, whole: bool, depth: int = 0) -> Any:
    """A value that the schema accepts. `whole`: with the optional fields too, as in what we answer.

    None if a schema nests deeper than anybody reads.
    """
    if depth > DEPTH:
        return None
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        named = components[schema["$ref"].rpartition("/")[2]]
        return example(named, components, whole=whole, depth=depth + 1)
    for given in ("example", "const", "default"):
        if given in schema:
            return schema[given]
    if schema.get("enum"):
        return schema["enum"][0]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            kinds = [kind for kind in schema[union] if kind.get("type") != "null"]
            return example(kinds[0], components, whole=whole, depth=depth + 1) if kinds else None
    return _by_type(schema, components, whole=whole, depth=depth)


def _by_type(schema: Mapping[str, Any], components: Mapping[str, Any], *, whole: bool, depth: int) -> Any:
    match schema.get("type"):
        case "object":
            required = schema.get("required", [])
            return {
                key: example(field, components, whole=whole, depth=depth + 1)
                for key, field in schema.get("properties", {}).items()
                if whole or key in required or _told(field)
            }
        case "array":
            if "prefixItems" in schema:
                return [example(item, components, whole=whole, depth=depth + 1) for item in schema["prefixItems"]]
            one = example(schema.get("items", {}), components, whole=whole, depth=depth + 1)
            return [one] * max(1, schema.get("minItems", 1)) if schema.get("maxItems", 1) else []
        case "string":
            return _text(schema)
        case "integer" | "number":
            lowest = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            return min(max(1, lowest), schema.get("maximum", max(1, lowest)))
        case "boolean":
            return True
        case _:
            return None


def _told(field: Mapping[str, Any]) -> bool:
    """Whether an optional field brings an example of its own."""
    return bool(field.get("examples")) or any(kind.get("examples") for kind in field.get("anyOf", []))


def _text(schema: Mapping[str, Any]) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[str(schema["format"])]
    shortest, longest = int(schema.get("minLength", 0)), int(schema.get("maxLength", 10_000))
    for text in TEXTS:
        if shortest <= len(text) <= longest and re.search(schema.get("pattern", ""), text):
            return text
    return "例" * max(1, shortest)
