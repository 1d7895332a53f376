"""Constructors of JSON Schema: strings, integers, closed objects, arrays, references."""

from typing import Any

Schema = dict[str, Any]

BOOLEAN: Schema = {"type": "boolean"}
FREE: Schema = {"type": "object"}


def text(pattern: str | None = None, **more: Any) -> Schema:
    """A string."""
    return {"type": "string"} | ({} if pattern is None else {"pattern": pattern}) | more


def whole(least: int = 0, most: int | None = None) -> Schema:
    """An integer."""
    return {"type": "integer", "minimum": least} | ({} if most is None else {"maximum": most})


def one_of(*values: str) -> Schema:
    """One of a closed set of strings."""
    return {"enum": list(values)}


def mapping(**properties: Schema) -> Schema:
    """An object with these keys and no others. Two underscores stand for a dash; a last one is dropped."""
    named = {name.rstrip("_").replace("__", "-"): schema for name, schema in properties.items()}
    return {"type": "object", "additionalProperties": False, "properties": named}


def needing(schema: Schema, *names: str) -> Schema:
    """The same object with required keys."""
    return schema | {"required": list(names)}


def several(items: Schema, **more: Any) -> Schema:
    """An array."""
    return {"type": "array", "items": items} | more


def ref(name: str) -> Schema:
    """A reference to one of the definitions at the end of the document."""
    return {"$ref": f"#/$defs/{name}"}
