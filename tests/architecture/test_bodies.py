"""Bodies of every operation are strict, whichever service takes them, and one that refuses says why."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from shared.http.schemas import Body
from tests.architecture.operations import Operation, app_of, operations, services
from tests.each import of_each


def bodies() -> list[type[Any]]:
    """The classes of all request bodies, and those that stand inside them."""
    found: dict[str, type[Any]] = {}
    waiting: list[Any] = [
        route.body_field.field_info.annotation
        for service in services()
        for route in app_of(service).routes
        if isinstance(route, APIRoute) and route.body_field is not None
    ]
    while waiting:
        annotation = waiting.pop()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation.__qualname__ not in found:
                found[annotation.__qualname__] = annotation
                waiting += [field.annotation for field in annotation.model_fields.values()]
        else:
            waiting += getattr(annotation, "__args__", ())
    return sorted(found.values(), key=lambda body: body.__qualname__)


def nodes(schema: Any, own: type) -> Iterator[dict[str, Any]]:
    """Every node of a core schema outside of other models."""
    if isinstance(schema, list | tuple):
        for part in schema:
            yield from nodes(part, own)
    elif isinstance(schema, dict):
        if schema.get("type") == "model" and schema["cls"] is not own:
            return
        yield schema
        for name, part in schema.items():
            if name not in ("metadata", "serialization"):
                yield from nodes(part, own)


def test_there_are_bodies() -> None:
    assert len(bodies()) > 30


@of_each(bodies, lambda body: body.__qualname__)
def test_a_body_and_what_stands_inside_it_is_strict(body: type[Any]) -> None:
    assert issubclass(body, Body)
    found = list(nodes(body.__pydantic_core_schema__, body))
    assert all(node.get("strict") for node in found if str(node.get("type")) in ("bool", "int", "float"))
    days = [node for node in found if str(node.get("type")) in ("date", "datetime")]
    guarded = [node["schema"] for node in found if node.get("type") == "function-before"]
    assert all(any(day is one for one in guarded) for day in days)


@pytest.mark.parametrize(
    ("type_", "wrong"),
    [
        ("boolean", ["yes", "true", 1, 0, "1"]),
        ("integer", ["5", True, 5.0, "５"]),
        ("number", ["1.5", True]),
        ("date", [0, 1_800_000_000, "0", "1800000000", "2026-03-16T00:00:00", "0999-01-01", "２０２６-03-16"]),
        ("date-time", [0, 1_800_000_000, "1800000000"]),
    ],
)
def test_no_field_of_any_body_takes_another_json_type(type_: str, wrong: list[Any]) -> None:
    tried = 0
    for body in bodies():
        for name, field in body.model_json_schema()["properties"].items():
            kinds = [field, *field.get("anyOf", ())]
            if not any(type_ in (kind.get("format"), kind.get("type")) for kind in kinds):
                continue
            if any("$ref" in kind or (kind.get("type") == "string" and "format" not in kind) for kind in kinds):
                continue
            tried += 1
            for value in wrong:
                with pytest.raises(ValidationError) as refused:
                    body.model_validate({name: value})
                assert any(error["loc"][:1] == (name,) for error in refused.value.errors()), (body, name, value)
    assert tried > 0 or type_ == "date-time"


@of_each(lambda: [one for one in operations() if re.match("refuse|reject|deny|dismiss|return", one.id)])
def test_whoever_refuses_says_why(operation: Operation) -> None:
    content = operation.spec.get("requestBody", {}).get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    schemas = app_of(operation.service).openapi()["components"]["schemas"]
    said = {"reason", "note"} & set(schemas.get(name, {}).get("required", ()))
    assert said
