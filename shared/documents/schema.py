"""JSON Schemas as tables of fields."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from shared.documents.layout import escape, inline, table

FIELD_HEADS = ("字段 Field", "类型 Type", "含义 Meaning")
Address = Callable[[str], str]
"""Where a named schema is described."""
LIMITS = {
    "minLength": "≥ {} chars",
    "maxLength": "≤ {} chars",
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minItems": "≥ {} items",
    "maxItems": "≤ {} items",
}


def anchor(name: str) -> str:
    """Where a named schema stands on the page."""
    return f"#schema-{name}"


def name_of(reference: str) -> str:
    """The name behind `#/components/schemas/X` or `#/$defs/X`."""
    return reference.rpartition("/")[2]


def type_of(schema: Mapping[str, Any], address: Address = anchor) -> str:
    """The type of a value in a few words of HTML; named schemas are links."""
    if "$ref" in schema:
        name = name_of(schema["$ref"])
        return f'<a href="{escape(address(name))}">{escape(name)}</a>'
    for union in ("anyOf", "oneOf"):
        if union in schema and "properties" not in schema:
            return " | ".join(type_of(kind, address) for kind in schema[union])
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const'], ensure_ascii=False))}</code>"
    if "enum" in schema:
        return " | ".join(f"<code>{escape(value)}</code>" for value in schema["enum"])
    match schema.get("type"):
        case "array":
            if "prefixItems" in schema:
                return "[" + ", ".join(type_of(item, address) for item in schema["prefixItems"]) + "]"
            return "array of " + type_of(schema.get("items", {}), address)
        case "object" if isinstance(schema.get("additionalProperties"), Mapping):
            return "object of " + type_of(schema["additionalProperties"], address)
        case "string" if "format" in schema:
            return escape(schema["format"])
        case None:
            return "any"
        case kind:
            return escape(kind)


def limits_of(schema: Mapping[str, Any]) -> str:
    """Lengths, ranges, pattern and default, in a few words."""
    told: list[str] = []
    for kind in (schema, *schema.get("anyOf", ())):
        told += [text.format(kind[word]) for word, text in LIMITS.items() if word in kind]
        if "pattern" in kind:
            told.append(f"<code>{escape(kind['pattern'])}</code>")
    if schema.get("default") not in (None, [], {}, ""):
        told.append(f"default <code>{escape(json.dumps(schema['default'], ensure_ascii=False))}</code>")
    return ", ".join(told)


def field(name: str, schema: Mapping[str, Any], *, required: bool, address: Address = anchor) -> tuple[str, str, str]:
    """One row of a table of fields."""
    star = " <span class='must' title='必填 required'>*</span>" if required else ""
    limits = limits_of(schema)
    meaning = inline(schema.get("description", ""))
    told = f"{meaning} <span class='soft'>{limits}</span>" if limits else meaning
    return f"<code>{escape(name)}</code>{star}", type_of(schema, address), told


def fields(schema: Mapping[str, Any], address: Address = anchor) -> str:
    """The fields of an object; of anything else its type."""
    properties = schema.get("properties")
    if not properties:
        limits = limits_of(schema)
        return f"<p>{type_of(schema, address)} <span class='soft'>{limits}</span></p>"
    required = schema.get("required", ())
    rows = (field(name, one, required=name in required, address=address) for name, one in properties.items())
    return table(FIELD_HEADS, rows)
