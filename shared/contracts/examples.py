"""Examples for documents, made from the schemas: fields' own examples first, else a plausible value."""

import re
from collections.abc import Mapping
from typing import Any

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
NAMED: Mapping[str, str] = {
    "action": "read",
    "actor": "village-clerk-7",
    "address": "三堡镇示例路1号",
    "area": "450481114201",
    "birth_month": "1952-03",
    "book": "residence",
    "category": "environment",
    "code": "elder_alone",
    "complaint_phone": "0774-8220000",
    "department": "civil_affairs",
    "description": "示例描述",
    "detail": "超过规定的数量。",
    "direction": "neutral",
    "document_number": "4504***********014",
    "document_type": "resident_id",
    "error_code": "timed_out",
    "ethnic_group": "08",
    "extract": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl",
    "handling_mode": "counter",
    "kind": "legal",
    "level": "b",
    "meaning": "期末常住人口数",
    "name": "示例",
    "next_cursor": "AbCdEf0123",
    "note": "示例备注",
    "noun": "registry.person",
    "number": "0001",
    "parent": "450481114",
    "parent_code": "450481114",
    "phone": "138****0000",
    "purpose": "case_handling",
    "reason": "示例理由",
    "relation": "02",
    "request_id": "0197d0c05f1e7c3a9b1e2f6f5d1c0a77",
    "residence_area": "450481114201001",
    "result": "ok",
    "role": "village_clerk",
    "severity": "normal",
    "sex": "1",
    "source": "patrol",
    "status": "active",
    "step": "receive",
    "subject": "village-clerk-7",
    "target": "natural_person",
    "unit": "人",
    "village_type": "rural",
    "what": "registry.person",
}
"""What plain text looks like under a name, where the field itself brings no example."""
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


def example(
    schema: Mapping[str, Any], components: Mapping[str, Any], *, whole: bool, depth: int = 0, name: str = ""
) -> Any:
    """A value that the schema accepts. `whole`: with the optional fields too, as in what we answer.

    `name` is that of the field. None where a schema nests deeper than anybody reads.
    """
    if depth > DEPTH:
        return None
    if "$ref" in schema:
        named = components[schema["$ref"].rpartition("/")[2]]
        return example(named, components, whole=whole, depth=depth + 1, name=name)
    if schema.get("examples"):
        return schema["examples"][0]
    for given in ("example", "const", "default"):
        if given in schema:
            return schema[given]
    if schema.get("enum"):
        return schema["enum"][0]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            kinds = [kind for kind in schema[union] if kind.get("type") != "null"]
            return example(kinds[0], components, whole=whole, depth=depth + 1, name=name) if kinds else None
    return _by_type(schema, components, whole=whole, depth=depth, name=name)


def _by_type(schema: Mapping[str, Any], components: Mapping[str, Any], *, whole: bool, depth: int, name: str) -> Any:
    match schema.get("type"):
        case "object":
            required = schema.get("required", [])
            return {
                key: example(field, components, whole=whole, depth=depth + 1, name=key)
                for key, field in schema.get("properties", {}).items()
                if whole or key in required or _told(field)
            }
        case "array":
            if "prefixItems" in schema:
                return [example(item, components, whole=whole, depth=depth + 1) for item in schema["prefixItems"]]
            one = example(schema.get("items", {}), components, whole=whole, depth=depth + 1, name=name)
            return [one] * max(1, schema.get("minItems", 1)) if schema.get("maxItems", 1) else []
        case "string":
            return _text(schema, name)
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


def _text(schema: Mapping[str, Any], name: str) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[str(schema["format"])]
    shortest, longest = int(schema.get("minLength", 0)), int(schema.get("maxLength", 10_000))
    for text in (NAMED[name], *TEXTS) if name in NAMED else TEXTS:
        if shortest <= len(text) <= longest and re.search(schema.get("pattern", ""), text):
            return text
    return "例" * max(1, shortest)
